"""Where a post can be found: among an account's mentions, on its author's timeline, in the search."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sandbox.posts import Post, User
from sandbox.timeline import Slice, Span, Timeline

REACHABLE_MENTIONS = 800  #: X gives no mentions older than the newest 800.
REACHABLE_POSTS = 3_200  #: X gives no own posts older than the newest 3,200.


class Indexes:
    """Finds ids of posts, among them some since deleted or edited away."""

    def __init__(self) -> None:
        self._mentions: defaultdict[str, Timeline] = defaultdict(lambda: Timeline(REACHABLE_MENTIONS))
        self._own: defaultdict[str, Timeline] = defaultdict(lambda: Timeline(REACHABLE_POSTS))
        self._all = Timeline()
        self._late: dict[str, tuple[Post, tuple[User, ...]]] = {}

    def add(self, post: Post, reached: Iterable[User], *, late: bool) -> None:
        """Put *post* on its author's timeline, and unless it is *late* everywhere else too."""
        self._own[post.author.id].add(post.id)
        self._late[post.id] = post, tuple(reached)
        if not late:
            self.complete(post.id)

    def complete(self, post_id: str) -> bool:
        """Put a late post everywhere else too, in its place by id; false when it was not late."""
        waiting = self._late.pop(post_id, None)
        if waiting is None:
            return False
        post, reached = waiting
        self._all.add(post.id)
        for user in reached:
            self._mentions[user.id].add(post.id)
        return True

    def is_complete(self, post_id: str) -> bool:
        """Whether the post can be found everywhere."""
        return post_id not in self._late

    def mentions(self, user_id: str, span: Span) -> Slice:
        """Ids of posts that name the user."""
        return self._mentions[user_id].page(span)

    def published(self, user_id: str, span: Span) -> Slice:
        """Ids of the user's own posts."""
        return self._own[user_id].page(span)

    def everything(self, span: Span) -> Iterator[str]:
        """Ids of all posts within the bounds of *span*, newest first."""
        return self._all.newest_first(span)
