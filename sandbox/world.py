"""Everything that exists in the sandbox, in memory: who posted what, and what happened to it since.

The world knows nothing of HTTP and enforces only what makes sense of a post; X's rules for apps are in `rules`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.addressing import reached_by, reply_prefix, repost_text
from sandbox.changes import Change, ChangeKind
from sandbox.editing import check_editable
from sandbox.indexes import Indexes
from sandbox.language import guess_language
from sandbox.posts import Post, ReplySettings, User
from sandbox.refusals import NoSuchPost
from sandbox.snowflake import Clock
from sandbox.society import Society, checked, utc_now
from sandbox.timeline import Slice, Span

LONGEST_POST = 25_000  #: Characters in a post of a paying account.


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
    late: bool = False  #: In no mention timeline, search or stream before `World.index`.
    reply_settings: ReplySettings = ReplySettings.EVERYONE
    message_link: str = ""  #: An address under which readers write to the author in private.
    without: frozenset[str] = frozenset()  #: Ids of users to leave out of a reply's automatic mentions.


class World(Society):
    """Accounts, posts and threads: ask it, change it, or listen to it change."""

    def __init__(
        self, *, brand: str = "TarnwellHelp", brand_name: str = "Tarnwell Support", clock: Clock = utc_now
    ) -> None:
        super().__init__(brand=brand, brand_name=brand_name, clock=clock)
        self._posts: dict[str, Post] = {}
        self._deleted: set[str] = set()
        self._hidden: set[str] = set()
        self._latest: dict[str, str] = {}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._indexes = Indexes()

    def post(self, new: NewPost) -> Post:
        """Publish a post; raises `NoSuchPost` for a missing or deleted reference, `BadHandle`, `BadText`."""
        parent = self.get(new.reply_to) if new.reply_to else None
        if new.quote_of:
            self.get(new.quote_of)
        shared = self.get(new.repost_of) if new.repost_of else None
        body = repost_text(shared) if shared else checked(new.text, "post", longest=LONGEST_POST)
        post = self._written(new, body, parent)
        if parent:
            self._children[parent.first_id].append(post.id)
        return self._publish(post, ChangeKind.POSTED, late=new.late)

    def edit(self, post_id: str, text: str) -> Post:
        """Publish a new version under a new id; raises `NoSuchPost`, `BadText`, `NotEditable`."""
        old, now = self.latest(post_id), self.clock()
        check_editable(old, now)
        new = replace(
            old,
            id=(number := self._ids.next()),
            body=checked(text, "post", longest=LONGEST_POST),
            created_at=now,
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

    def remember(self, post_id: str) -> Post | None:
        """Find the version with this id even after its post was deleted."""
        return self._posts.get(post_id)

    def latest(self, post_id: str) -> Post:
        """Return the newest version of the post of which *post_id* is any version; raises `NoSuchPost`."""
        return self._newest(self.get(post_id).first_id)

    def is_latest(self, post: Post) -> bool:
        """Whether no newer version has taken this one's place."""
        return self._latest[post.first_id] == post.id

    def is_deleted(self, post: Post) -> bool:
        """Whether the post was deleted."""
        return post.id in self._deleted

    def is_visible(self, post: Post, viewer: User) -> bool:
        """Whether *viewer* may see the post: its author neither blocks the viewer nor is protected."""
        return self.may_see(viewer, post.author)

    def mentions(self, user_id: str, span: Span) -> Slice:
        """Ids of posts that name the user, among them some since deleted or edited away."""
        return self._indexes.mentions(user_id, span)

    def published(self, user_id: str, span: Span) -> Slice:
        """Ids of the user's own posts, among them some since deleted or edited away."""
        return self._indexes.published(user_id, span)

    def everything(self, span: Span) -> Iterator[str]:
        """Ids of all posts within the bounds of *span*, newest first, some since deleted or edited away."""
        return self._indexes.everything(span)

    def index(self, post_id: str) -> None:
        """Let a late post reach the mention timelines, the search and the streams; raises `NoSuchPost`."""
        post = self.get(post_id)
        if self._indexes.complete(post_id):
            self._tell(ChangeKind.INDEXED, post)

    def is_indexed(self, post: Post) -> bool:
        """Whether the post can be found by others than its author; false while it is late."""
        return self._indexes.is_complete(post.id)

    def hide(self, post_id: str, *, on: bool = True) -> None:
        """Hide a reply below the thread, or show it again; raises `NoSuchPost`."""
        post = self.latest(post_id)
        (self._hidden.add if on else self._hidden.discard)(post.first_id)
        self._tell(ChangeKind.HIDDEN, post)

    def is_hidden(self, post: Post) -> bool:
        """Whether the reply was hidden by the author of its thread."""
        return post.first_id in self._hidden

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
            reply_settings=new.reply_settings,
            message_link=new.message_link,
        )

    def _newest(self, first_id: str) -> Post:
        return self._posts[self._latest[first_id]]

    def _publish(self, post: Post, kind: ChangeKind, *, late: bool = False) -> Post:
        self._posts[post.id] = post
        self._latest[post.first_id] = post.id
        quoted = self.find(post.quote_of) if post.quote_of else None
        self._indexes.add(post, reached_by(post, self.accounts, quoted), late=late)
        self._tell(kind, post)
        return post

    def _tell(self, kind: ChangeKind, post: Post) -> None:
        self._changes.tell(Change(kind=kind, post_id=post.id, conversation=post.conversation))
