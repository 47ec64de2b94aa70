"""Fields and program state to findings. Pure: the date of today is an argument."""
