"""What the world refuses, named for what happened; each message is a sentence for the person who asked.

Refused
├── NoSuchPost
├── BadHandle
├── BadText
└── NotEditable
"""


class Refused(Exception):
    """The world cannot take this."""


class NoSuchPost(Refused):
    """The post does not exist, or was deleted."""


class BadHandle(Refused):
    """A handle has 1 to 15 letters, digits or underscores."""


class BadText(Refused):
    """A post needs a text, and not too long a one."""


class NotEditable(Refused):
    """A repost has no text of its own to edit."""
