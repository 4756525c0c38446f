"""What happened to every document of the back office, in order: its story."""
