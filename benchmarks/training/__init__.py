"""Training of the line reader: ``python -m benchmarks.training.train``; see docs/models.md."""
