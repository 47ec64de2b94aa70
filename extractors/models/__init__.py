"""Weights of the two nets, and the script that makes them 8 bit."""
