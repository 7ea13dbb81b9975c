"""The private side: the messages that a visitor sees, and with whom the brand talks."""

from sandbox.messages import Message
from sandbox.page.visiting import Visit
from sandbox.posts import User
from sandbox.world import World

_SHOWN = 200  #: Messages of one conversation.


def talk(world: World, visit: Visit) -> list[Message]:
    """List the newest messages between the visitor and the partner, oldest first."""
    return world.message_thread(visit.me.id, visit.partner.id)[-_SHOWN:] if visit.partner else []


def partners(world: World) -> list[User]:
    """List whom the brand has messages with, the latest first."""
    found = {
        user.id: user
        for message in world.messages_of(world.brand.id)
        for user in (message.sender, message.recipient)
        if user.id != world.brand.id
    }
    return list(found.values())
