"""Channels: each hears and answers in a folder of its own; delivery, policy and counting are what they share."""
