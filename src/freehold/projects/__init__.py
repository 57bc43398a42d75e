"""What organizations work on."""
