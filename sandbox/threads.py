"""Threads as trees: each post with its replies, and a gap left where a post with replies was deleted."""

from dataclasses import dataclass
from itertools import islice

from sandbox.posts import Post
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A post in its newest version, with the branches under it, oldest first."""

    post: Post
    deleted: bool
    replies: tuple["Branch", ...]


def branch(world: World, post: Post) -> Branch | None:
    """Grow the tree under *post*, or None when nothing of it is left."""
    grown = [branch(world, reply) for reply in world.replies(post)]
    replies = tuple(reply for reply in grown if reply)
    deleted = world.is_deleted(post)
    return None if deleted and not replies else Branch(post=post, deleted=deleted, replies=replies)


def threads(world: World, *, limit: int) -> list[Branch]:
    """List the *limit* newest threads of which something is left, newest first."""
    return list(islice(filter(None, (branch(world, root) for root in world.roots())), limit))


def thread(world: World, conversation: str) -> Branch | None:
    """Find one thread, or None when it does not exist or nothing of it is left."""
    root = world.root(conversation)
    return branch(world, root) if root else None
