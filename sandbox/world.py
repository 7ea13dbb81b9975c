"""Everything that exists in the sandbox, in memory: who posted what, and what happened to it since.

The world knows nothing of HTTP and enforces only what makes sense of a post; X's rules for apps are in `rules`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from sandbox.accounts import Accounts
from sandbox.addressing import reached_by, reply_prefix, repost_text
from sandbox.language import guess_language
from sandbox.posts import Post
from sandbox.refusals import BadText, NoSuchPost, NotEditable
from sandbox.snowflake import Clock, Snowflakes
from sandbox.timeline import Slice, Span, Timeline

LONGEST_POST = 25_000  #: Characters in a post of a paying account.
REACHABLE_MENTIONS = 800  #: X gives no mentions older than the newest 800.
REACHABLE_POSTS = 3_200  #: X gives no own posts older than the newest 3,200.


class ChangeKind(StrEnum):
    """What can happen to a post."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something happened to a post."""

    kind: ChangeKind
    post_id: str
    conversation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """What an author sends; at most one of the three references makes sense on X, except a quoting reply."""

    author: str  #: A handle, with or without "@".
    text: str = ""
    reply_to: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    language: str | None = None  #: Guessed from the text when not given.
    by_app: bool = False
    without: frozenset[str] = frozenset()  #: Ids of users to leave out of a reply's automatic mentions.


def utc_now() -> datetime:
    """Read the real clock."""
    return datetime.now(UTC)


class World:
    """Accounts, posts and threads: ask it, change it, or listen to it change."""

    def __init__(
        self, *, brand: str = "TarnwellHelp", brand_name: str = "Tarnwell Support", clock: Clock = utc_now
    ) -> None:
        self.clock = clock
        self.accounts = Accounts(clock)
        self.brand = self.accounts.open(brand, name=brand_name)
        self._ids = Snowflakes(clock)
        self._posts: dict[str, Post] = {}
        self._deleted: set[str] = set()
        self._latest: dict[str, str] = {}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._mentions: defaultdict[str, Timeline] = defaultdict(lambda: Timeline(REACHABLE_MENTIONS))
        self._own: defaultdict[str, Timeline] = defaultdict(lambda: Timeline(REACHABLE_POSTS))
        self._listeners: list[Callable[[Change], None]] = []

    def post(self, new: NewPost) -> Post:
        """Publish a post; raises `NoSuchPost` for a missing or deleted reference, `BadHandle`, `BadText`."""
        parent = self.get(new.reply_to) if new.reply_to else None
        if new.quote_of:
            self.get(new.quote_of)
        shared = self.get(new.repost_of) if new.repost_of else None
        body = repost_text(shared) if shared else _checked(new.text)
        post = self._written(new, body, parent)
        if parent:
            self._children[parent.first_id].append(post.id)
        return self._publish(post, ChangeKind.POSTED)

    def edit(self, post_id: str, text: str) -> Post:
        """Publish a new version under a new id; raises `NoSuchPost`, `BadText`, `NotEditable`."""
        old = self.latest(post_id)
        if old.repost_of:
            raise NotEditable("A repost has no text of its own to edit; delete it instead.")
        new = replace(
            old,
            id=(number := self._ids.next()),
            body=_checked(text),
            created_at=self.clock(),
            versions=(*old.versions, number),
            language=guess_language(text),
        )
        return self._publish(new, ChangeKind.EDITED)

    def delete(self, post_id: str) -> None:
        """Delete a post with all its versions; raises `NoSuchPost`."""
        post = self.latest(post_id)
        self._deleted.update(post.versions)
        self._tell(ChangeKind.DELETED, post)

    def find(self, post_id: str) -> Post | None:
        """Find the version with this id, or None when it never existed or its post was deleted."""
        return None if post_id in self._deleted else self._posts.get(post_id)

    def get(self, post_id: str) -> Post:
        """As `find`, but raises `NoSuchPost`."""
        post = self.find(post_id)
        if post is None:
            raise NoSuchPost(f"There is no post {post_id}, or it was deleted.")
        return post

    def latest(self, post_id: str) -> Post:
        """Return the newest version of the post of which *post_id* is any version; raises `NoSuchPost`."""
        return self._newest(self.get(post_id).first_id)

    def is_latest(self, post: Post) -> bool:
        """Whether no newer version has taken this one's place."""
        return self._latest[post.first_id] == post.id

    def is_deleted(self, post: Post) -> bool:
        """Whether the post was deleted."""
        return post.id in self._deleted

    def mentions(self, user_id: str, span: Span) -> Slice:
        """Ids of posts that name the user, among them some since deleted or edited away."""
        return self._mentions[user_id].page(span)

    def published(self, user_id: str, span: Span) -> Slice:
        """Ids of the user's own posts, among them some since deleted or edited away."""
        return self._own[user_id].page(span)

    def replies(self, post: Post) -> list[Post]:
        """Return the newest version of each direct reply to any version of *post*, oldest first; deleted ones too."""
        return [self._newest(child) for child in self._children.get(post.first_id, ())]

    def root(self, conversation: str) -> Post | None:
        """Return the post that started a thread, in its newest version, even when deleted."""
        return self._newest(conversation) if conversation in self._latest else None

    def roots(self) -> Iterator[Post]:
        """Return the newest version of every post that started a thread, newest thread first, deleted ones too."""
        firsts = reversed(self._latest)
        return (self._newest(first) for first in firsts if self._posts[first].conversation == first)

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call *listener* on every change, inside the change; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _written(self, new: NewPost, body: str, parent: Post | None) -> Post:
        author, number = self.accounts.open(new.author), self._ids.next()
        return Post(
            id=number,
            author=author,
            body=body,
            prefix=reply_prefix(body, author, parent, self.accounts, without=new.without) if parent else "",
            created_at=self.clock(),
            conversation=parent.conversation if parent else number,
            reply_to=parent.id if parent else None,
            reply_to_author=parent.author if parent else None,
            repost_of=new.repost_of or None,
            quote_of=new.quote_of or None,
            versions=(number,),
            language=new.language or guess_language(body),
            by_app=new.by_app,
        )

    def _newest(self, first_id: str) -> Post:
        return self._posts[self._latest[first_id]]

    def _publish(self, post: Post, kind: ChangeKind) -> Post:
        self._posts[post.id] = post
        self._latest[post.first_id] = post.id
        self._own[post.author.id].add(post.id)
        quoted = self.find(post.quote_of) if post.quote_of else None
        for user in reached_by(post, self.accounts, quoted):
            self._mentions[user.id].add(post.id)
        self._tell(kind, post)
        return post

    def _tell(self, kind: ChangeKind, post: Post) -> None:
        change = Change(kind=kind, post_id=post.id, conversation=post.conversation)
        for listener in tuple(self._listeners):
            listener(change)


def _checked(text: str) -> str:
    if not text.strip():
        raise BadText("Write something: a post needs a text.")
    if len(text) > LONGEST_POST:
        raise BadText(f"A post holds at most {LONGEST_POST:,} characters; this one has {len(text):,}.")
    return text
