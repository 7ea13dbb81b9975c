"""What X refuses an app that wants to publish, checked in X's order; pure."""

from datetime import timedelta

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.posts import Post, User, names
from sandbox.problems import (
    DUPLICATE_CONTENT,
    REPLY_NOT_SUMMONED,
    REPLY_TARGET_DELETED,
    TEXT_TOO_LONG,
    Answer,
    invalid_request,
)
from sandbox.timeline import Span
from sandbox.world import NewPost, World

_LOOKED_BACK = 300  #: How many of the author's own posts are compared for duplicate content.


def refusal(world: World, new: NewPost, *, duplicate_within: timedelta) -> Answer | None:
    """Choose the answer X would give instead of publishing *new*, or None when it may be published.

    Raises `Problem` for an empty text. Rules of automated replies: https://help.x.com/rules-and-policies/x-automation
    """
    if not new.text.strip():
        raise invalid_request("text", new.text, "The `text` field must not be empty")
    if weighted_length(new.text) > MAX_WEIGHT:
        return TEXT_TOO_LONG
    target = world.find(new.reply_to) if new.reply_to else None
    if new.reply_to and target is None:
        return REPLY_TARGET_DELETED
    author = world.accounts.open(new.author)
    if target and not is_summoned(world, author, target):
        return REPLY_NOT_SUMMONED
    return DUPLICATE_CONTENT if _is_duplicate(world, author, new, duplicate_within) else None


def is_summoned(world: World, author: User, target: Post) -> bool:
    """Whether the target's author asked for an answer: by typing our name, by replying to us or quoting us.

    Being carried along in the automatic mentions of somebody else's thread is no summons.
    """
    quoted = world.find(target.quote_of) if target.quote_of else None
    replied_to = target.reply_to_author
    answered_ids = {user.id for user in (target.author, replied_to, quoted.author if quoted else None) if user}
    return author.id in answered_ids or names(target.body, author.handle)


def _is_duplicate(world: World, author: User, new: NewPost, within: timedelta) -> bool:
    """Whether the author published this recently, to the same person: the automatic mentions count."""
    since = world.clock() - within
    target = world.find(new.reply_to) if new.reply_to else None
    recent = world.published(author.id, Span(limit=_LOOKED_BACK)).ids
    posts = [post for number in recent if (post := world.find(number)) and post.created_at > since]
    return any(post.body == new.text and _addressee(post) == (target and target.author.id) for post in posts)


def _addressee(post: Post) -> str | None:
    return post.reply_to_author.id if post.reply_to_author else None
