"""Triage: what people decide about the pages of a fax, and reading it again by what they decided."""
