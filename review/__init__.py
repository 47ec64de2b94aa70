"""The web desk: triage, review, registers and figures in the browser."""
