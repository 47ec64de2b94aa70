"""What the desk must show: keystrokes and waits, load, races and restarts, refusals, access for everybody."""
