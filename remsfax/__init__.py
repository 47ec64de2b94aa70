"""The command line and the settings: the one room that knows all others."""
