"""What X refuses an app that wants to publish or to write to somebody, checked in X's order; pure."""

from datetime import timedelta

from responders.counting import MAX_WEIGHT, weighted_length
from sandbox.config import SandboxConfig
from sandbox.posts import Post, ReplySettings, User, names
from sandbox.problems import (
    DUPLICATE_CONTENT,
    MESSAGE_NOT_PERMITTED,
    QUOTE_NOT_ALLOWED,
    REPLY_NOT_SUMMONED,
    REPLY_RESTRICTED,
    REPLY_TARGET_DELETED,
    TEXT_TOO_LONG,
    Answer,
    invalid_request,
)
from sandbox.timeline import Span
from sandbox.wording import cashtags_in
from sandbox.world import NewPost, World

_LOOKED_BACK = 300  #: How many of the author's own posts are compared for duplicate content.
_MOST_CASHTAGS = 1


def refusal(world: World, new: NewPost, config: SandboxConfig) -> Answer | None:
    """Choose the answer X would give instead of publishing *new*, or None when it may be published.

    Raises `Problem` for an empty text. Rules of automated replies: https://help.x.com/rules-and-policies/x-automation
    """
    if not new.text.strip():
        raise invalid_request("text", new.text, "The `text` field must not be empty")
    if weighted_length(new.text) > MAX_WEIGHT:
        return TEXT_TOO_LONG
    if cashtags_in(new.text) > _MOST_CASHTAGS:
        raise invalid_request("text", new.text, f"The `text` field holds more than {_MOST_CASHTAGS} cashtag")
    author = world.accounts.open(new.author)
    refused = _reply_refusal(world, author, new.reply_to, config) if new.reply_to else None
    refused = refused or (_quote_refusal(world, author, new.quote_of) if new.quote_of else None)
    within = timedelta(seconds=config.duplicate_seconds)
    return refused or (DUPLICATE_CONTENT if _is_duplicate(world, author, new, within) else None)


def message_refusal(world: World, to: User) -> Answer | None:
    """Choose the answer X would give instead of the brand's message, or None: only whoever wrote first gets one."""
    return None if world.accepts_message(to, world.brand) else MESSAGE_NOT_PERMITTED


def is_summoned(world: World, author: User, target: Post, *, implicit: bool = False) -> bool:
    """Whether *author* may reply: to itself, to whoever typed its name, or to whoever quoted one of its posts.

    Being carried along in the automatic mentions of a thread is no summons. A bare reply to one of the author's posts
    is one only where *implicit* says so: X does not document it. https://docs.x.com/changelog (2026-02-23)
    """
    quoted = world.find(target.quote_of) if target.quote_of else None
    replied_to = target.reply_to_author if implicit else None
    engaged = {user.id for user in (target.author, replied_to, quoted.author if quoted else None) if user}
    return author.id in engaged or names(target.body, author.handle)


def _reply_refusal(world: World, author: User, target_id: str, config: SandboxConfig) -> Answer | None:
    target = world.find(target_id)
    if target is None or not world.is_visible(target, author):
        return REPLY_TARGET_DELETED
    if not _is_open(world, author, target):
        return REPLY_RESTRICTED
    summoned = is_summoned(world, author, target, implicit=config.implicit_summons)
    return None if summoned else REPLY_NOT_SUMMONED


def _quote_refusal(world: World, author: User, quoted_id: str) -> Answer | None:
    quoted = world.find(quoted_id)
    visible = quoted and world.is_visible(quoted, author)
    return None if quoted and visible and is_summoned(world, author, quoted) else QUOTE_NOT_ALLOWED


def _is_open(world: World, author: User, target: Post) -> bool:
    """Whether whoever began the thread lets *author* reply; nobody in the sandbox follows or pays anybody."""
    first = world.root(target.conversation) or target
    restricted = first.reply_settings is not ReplySettings.EVERYONE
    return not restricted or author.id == first.author.id or names(first.body, author.handle)


def _is_duplicate(world: World, author: User, new: NewPost, within: timedelta) -> bool:
    """Whether the author published this recently, to the same person: the automatic mentions count."""
    since = world.clock() - within
    target = world.find(new.reply_to) if new.reply_to else None
    recent = world.published(author.id, Span(limit=_LOOKED_BACK)).ids
    posts = [post for number in recent if (post := world.find(number)) and post.created_at > since]
    return any(post.body == new.text and _addressee(post) == (target and target.author.id) for post in posts)


def _addressee(post: Post) -> str | None:
    return post.reply_to_author.id if post.reply_to_author else None
