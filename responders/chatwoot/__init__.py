"""Chatwoot as the help desk: cases are conversations of an API inbox, and its webhooks come back."""
