"""What every room of the back office shares and that is no noun of its own."""
