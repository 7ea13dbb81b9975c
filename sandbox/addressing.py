"""Whom a post reaches, and which mentions X puts before a reply by itself."""

from sandbox.accounts import Accounts
from sandbox.posts import Post, User, handles_in

_LONGEST_REPOST = 140  #: Characters, the mark of omission included.


def reply_prefix(text: str, author: User, parent: Post, accounts: Accounts, *, without: frozenset[str]) -> str:
    """Return the parent's author and whom the parent names, unless typed already or left out by id in *without*."""
    typed = {handle.lower() for handle in handles_in(text)}
    found = {user.id: user for user in (parent.author, *accounts.mentioned_in(parent.text))}
    wanted = (user for number, user in found.items() if number not in {author.id, *without})
    return "".join(f"@{user.handle} " for user in wanted if user.handle.lower() not in typed)


def reached_by(post: Post, accounts: Accounts, quoted: Post | None) -> list[User]:
    """Return the accounts other than the author that find *post* among their mentions."""
    found = [*accounts.mentioned_in(post.text), post.reply_to_author, quoted.author if quoted else None]
    unique = {user.id: user for user in found if user and user.id != post.author.id}
    return list(unique.values())


def repost_text(shared: Post) -> str:
    """Return a repost's text, cut as X does."""
    text = f"RT @{shared.author.handle}: {shared.text}"
    return text if len(text) <= _LONGEST_REPOST else f"{text[: _LONGEST_REPOST - 1]}…"
