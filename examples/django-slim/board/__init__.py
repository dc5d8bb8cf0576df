"""The notice board's project."""
