"""The settings of the rules: shown with their source, changed by administrators, on record."""
