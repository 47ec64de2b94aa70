"""The reading benchmark: real handwriting and unseen fonts on the project's forms, through real fax calls."""
