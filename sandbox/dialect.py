"""The two dialects of X API v2: OpenAPI 2.167 (2026-08-07) renamed "tweet" to "post" in fields and problem types.

Both are understood, and an answer comes in the names that were asked for.
"""

from collections.abc import Mapping

from sandbox.problems import TYPES, Json

NEW_TYPES = "https://api.x.com/2/problems/"

#: What a request may ask for, by the newer name.
OLD_NAMES = {
    "referenced_posts": "referenced_tweets",
    "edit_history_post_ids": "edit_history_tweet_ids",
    "note_post": "note_tweet",
    "referenced_posts.id": "referenced_tweets.id",
    "referenced_posts.id.author_id": "referenced_tweets.id.author_id",
    "most_recent_post_id": "most_recent_tweet_id",
    "pinned_post_id": "pinned_tweet_id",
}
_NEW_NAMES = {
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "tweets": "posts",
}
_LISTS = ("expansions", "tweet.fields", "user.fields", "dm_event.fields")


def asks_for_new_names(query: Mapping[str, str]) -> bool:
    """Whether a request speaks the newer dialect: by `post.fields`, or by any name that only it has."""
    named = (name for parameter in _LISTS for name in query.get(parameter, "").split(","))
    return "post.fields" in query or any(name in OLD_NAMES for name in named)


def in_new_names(payload: Json) -> Json:
    """Put an answer, or an error, in the newer names."""
    return {_NEW_NAMES.get(name, name): _renamed(name, value) for name, value in payload.items()}


def _renamed(name: str, value: object) -> object:
    match value:
        case dict():
            return in_new_names(value)
        case list():
            return [_renamed(name, item) for item in value]
        case str() if name == "type" and value.startswith(TYPES):
            return NEW_TYPES + value.removeprefix(TYPES)
        case _:
            return value
