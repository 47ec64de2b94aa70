"""Who uses the desk: accounts, sessions, signing in."""
