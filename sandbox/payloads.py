"""Posts and accounts as the JSON of X API v2: default fields always, others and `includes` when asked for."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from sandbox.editing import EDITS_ALLOWED, editable_until
from sandbox.posts import Post, User
from sandbox.problems import Json, not_authorized, not_found
from sandbox.query import Fields
from sandbox.wording import entities_json, is_long, shown, worded
from sandbox.world import World

#: A field that X adds to each post because an expansion asks for what it points to.
_IMPLIED = {
    "author_id": "author_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "referenced_tweets.id": "referenced_tweets",
    "referenced_tweets.id.author_id": "referenced_tweets",
    "entities.mentions.username": "entities",
}

Render = Callable[[World, Post], object]


def timestamp(moment: datetime) -> str:
    """Write a moment as X does: to the second, with the milliseconds always zero."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post_json(world: World, post: Post, fields: Fields) -> Json:
    """One post with its default fields and those asked for; what it does not have is left out."""
    wanted = fields.post | {_IMPLIED[name] for name in fields.expansions if name in _IMPLIED}
    default: Json = {"id": post.id, "text": shown(post).text, "edit_history_tweet_ids": list(_chain(world, post))}
    extra = {name: render(world, post) for name, render in _RENDER.items() if name in wanted}
    return default | {name: value for name, value in extra.items() if value is not None}


def user_json(world: World, user: User, fields: Fields) -> Json:
    """One account with its default fields and those asked for."""
    extra: Json = {
        "connection_status": ["blocking"] if world.blocks(world.brand, user) else [],
        "created_at": timestamp(user.joined_at),
        "description": "",
        "protected": world.is_protected(user),
        "receives_your_dm": world.accepts_message(user, world.brand),
        "subscription_type": "None",
        "verified": False,
        "verified_type": "none",
        "public_metrics": {
            "followers_count": user.followers,
            "following_count": user.followers // 3,
            "tweet_count": user.followers * 2,
            "listed_count": 0,
            "like_count": user.followers,
        },
    }
    default: Json = {"id": user.id, "name": user.name, "username": user.handle}
    return default | {name: value for name, value in extra.items() if name in fields.user}


def includes_json(world: World, posts: Iterable[Post], fields: Fields) -> Json:
    """Return the `includes` and `errors` that the expansions ask for, each only when there is something in it."""
    posts = list(posts)
    near = list(dict.fromkeys(number for post in posts for number in _near(post, fields)))
    found, errors = look_up(world, near, "referenced_tweets.id")
    users = {user.id: user for user in _users(world, posts, found, fields)}
    parts = {
        "users": [user_json(world, user, fields) for user in users.values()],
        "tweets": [post_json(world, post, fields) for post in found],
    }
    filled = {name: values for name, values in parts.items() if values}
    return ({"includes": filled} if filled else {}) | ({"errors": errors} if errors else {})


def look_up(world: World, ids: Iterable[str], parameter: str) -> tuple[list[Post], list[Json]]:
    """Find the posts that the brand may see, and say of each other one why it is not there."""
    found, errors = [], []
    for number in ids:
        post = world.find(number)
        if post is None:
            errors.append(not_found("tweet", number, parameter))
        elif world.is_visible(post, world.brand):
            found.append(post)
        else:
            errors.append(not_authorized("tweet", number, parameter))
    return found, errors


def _chain(world: World, post: Post) -> tuple[str, ...]:
    """Give every version of the post, also those after the one that is shown."""
    return world.latest(post.id).versions if world.find(post.id) else post.versions


def _references(_: World, post: Post) -> list[Json] | None:
    kinds = {"replied_to": post.reply_to, "retweeted": post.repost_of, "quoted": post.quote_of}
    return [{"type": kind, "id": number} for kind, number in kinds.items() if number] or None


def _note(world: World, post: Post) -> Json | None:
    if not is_long(post):
        return None
    wording = worded(post.text)
    entities = entities_json(world.accounts, wording)
    return {"text": wording.text} | ({"entities": entities} if entities else {})


def _metrics(world: World, post: Post) -> Json:
    counted = {"reply_count": len(world.replies(post))}
    other = ("retweet_count", "like_count", "quote_count", "bookmark_count", "impression_count")
    return counted | dict.fromkeys(other, 0)


def _edit_controls(_: World, post: Post) -> Json:
    return {
        "edits_remaining": max(0, EDITS_ALLOWED + 1 - len(post.versions)),
        "is_edit_eligible": post.reply_to is None,
        "editable_until": timestamp(editable_until(post)),
    }


_RENDER: dict[str, Render] = {
    "author_id": lambda _, post: post.author.id,
    "conversation_id": lambda _, post: post.conversation,
    "created_at": lambda _, post: timestamp(post.created_at),
    "display_text_range": lambda _, post: [len(post.prefix), len(shown(post).text)],
    "edit_controls": _edit_controls,
    "entities": lambda world, post: entities_json(world.accounts, shown(post)),
    "in_reply_to_user_id": lambda _, post: post.reply_to_author.id if post.reply_to_author else None,
    "lang": lambda _, post: post.language,
    "note_tweet": _note,
    "possibly_sensitive": lambda *_: False,
    "public_metrics": _metrics,
    "referenced_tweets": _references,
    "reply_settings": lambda _, post: post.reply_settings.value,
    "source": lambda _, post: "Heed" if post.by_app else "X Web App",
}


def _near(post: Post, fields: Fields) -> Iterator[str]:
    """Ids of the posts that the expansions bring along."""
    if fields.expansions & {"referenced_tweets.id", "referenced_tweets.id.author_id"}:
        yield from filter(None, (post.reply_to, post.repost_of, post.quote_of))
    if "edit_history_tweet_ids" in fields.expansions:
        yield from post.versions


def _users(world: World, posts: list[Post], near: list[Post], fields: Fields) -> Iterator[User]:
    """Return the accounts that the expansions bring along."""
    for post in posts:
        if "author_id" in fields.expansions:
            yield post.author
        if "in_reply_to_user_id" in fields.expansions and post.reply_to_author:
            yield post.reply_to_author
        if "entities.mentions.username" in fields.expansions:
            yield from world.accounts.mentioned_in(post.text)
    if "referenced_tweets.id.author_id" in fields.expansions:
        yield from (post.author for post in near)
