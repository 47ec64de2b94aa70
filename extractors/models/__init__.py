"""Weights of the recognizers and the script that makes them from the published model."""
