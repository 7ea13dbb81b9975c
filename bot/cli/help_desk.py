"""Joins the service to the help desk of a sandbox: cases go there by e-mail, and its answers come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

if TYPE_CHECKING:
    from bot.settings import Settings
    from sandbox.post_office import PostOffice

MESSAGES = 750
"""Direct messages in 15 minutes; a sandbox in a hurry takes as many."""


def with_help_desk(settings: Settings, post_office: PostOffice) -> Settings:
    """Let Rasa lead private conversations, and send the cases to the help desk of a sandbox that is open."""
    changes = {
        "dialogue": {**settings.dialogue.model_dump(), "rasa": "child"},
        "offline": {**settings.offline.model_dump(), "desk": "email"},
        "email": {
            **settings.email.model_dump(),
            "host": post_office.host,
            "port": post_office.port,
            "security": "none",
            "username": "",
            "sender": "Heed <heed@tarnwell.example>",
            "recipient": "desk@tarnwell.example",
            "reply_domain": "replies.tarnwell.example",
            "reply_port": 0,
            "reply_key": Fernet.generate_key().decode(),
        },
        "replying": {
            **settings.replying.model_dump(),
            "privacy_url": settings.replying.privacy_url or "https://tarnwell.example/privacy",
        },
        "x": {**settings.x.model_dump(), "message_poll_seconds": 0.5, "messages_per_window": MESSAGES},
    }
    return type(settings).model_validate({**settings.model_dump(), **changes})
