"""The main job measured: from a folder of faxes to records. ``python -m benchmarks.main_job``."""
