"""Fits how sure the machine is, and what may pass unseen, to faxes whose truth is known."""
