"""What the desk must show: keystrokes and waits of a reviewer, load, races and restarts."""
