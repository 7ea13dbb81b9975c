"""A local X API v2 with a timeline page, so that anyone can play the customer without touching X."""
