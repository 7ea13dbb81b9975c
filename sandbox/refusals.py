"""What the world refuses, named for what happened; each message is a sentence for the person who asked.

Refused
├── NoSuchPost
├── NoSuchMail
├── BadHandle
├── BadText
├── NotEditable
└── NotPossible
"""


class Refused(Exception):
    """The world cannot take this."""


class NoSuchPost(Refused):
    """The post does not exist, or was deleted."""


class NoSuchMail(Refused):
    """The help desk has no mail with this number."""


class BadHandle(Refused):
    """A handle has 1 to 15 letters, digits or underscores."""


class BadText(Refused):
    """A post, a message or an answer needs a text, and not too long a one."""


class NotEditable(Refused):
    """The post is a repost, too old, or was edited too often."""


class NotPossible(Refused):
    """An account cannot write to itself or block itself, or nobody takes an answer."""
