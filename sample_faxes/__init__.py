"""Made-up faxes with their truth, and what makes them."""
