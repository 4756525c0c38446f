"""Problem accounts (M6): reported fast, planned by legal, decided, recovered or written off."""
