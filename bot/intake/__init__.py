"""ADMIT: what is known about a mention besides its text, and the guards that need no reading."""
