"""The transmissions of the committed set, chapter by chapter."""
