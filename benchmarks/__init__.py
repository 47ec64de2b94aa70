"""What measures reading, speed and scale, and prints tables."""
