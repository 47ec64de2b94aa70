"""Engines that read, each a small adapter behind one protocol."""
