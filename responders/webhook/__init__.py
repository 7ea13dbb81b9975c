"""A help desk of one's own: cases go out as signed webhooks, and signed events come back."""
