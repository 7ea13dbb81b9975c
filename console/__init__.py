"""Web pages where agents and ops work: the queue, one conversation, and what may be done in it."""
