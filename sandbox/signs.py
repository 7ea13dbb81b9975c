"""Tells whether what a step of a scenario waits for has happened."""

from datetime import datetime

from sandbox.post_office import PostOffice
from sandbox.steps import Sign
from sandbox.timeline import Span
from sandbox.world import World


def has_come(sign: Sign, world: World, post_office: PostOffice, *, since: datetime) -> bool:
    """Say whether *sign* is there; posts and messages of the brand count from *since* on."""
    match sign:
        case Sign.POST:
            newest = (world.find(number) for number in world.published(world.brand.id, Span()).ids[:1])
            return any(post is not None and post.created_at >= since for post in newest)
        case Sign.MESSAGE:
            ours = (message for message in world.messages_of(world.brand.id) if message.sender == world.brand)
            return any(message.sent_at >= since for message in ours)
        case Sign.MAIL:
            return any(not mail.answers for mail in post_office.mails())
