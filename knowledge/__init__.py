"""RETRIEVE: the community knowledge base, its passages, the two indexes over them, and a calibrated confidence."""
