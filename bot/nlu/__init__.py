"""UNDERSTAND: training examples in Rasa's format, one sentence vector, and the heads that read it."""
