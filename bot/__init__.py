"""The brain of Heed and the service around it."""
