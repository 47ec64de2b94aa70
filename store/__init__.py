"""The REMS store: archive of bytes received, registers, documents, fields, findings, tasks, audit trail."""
