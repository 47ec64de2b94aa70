"""The REMS store: the archive of bytes received, and the record of what became of each fax."""
