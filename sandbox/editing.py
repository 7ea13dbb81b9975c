"""How long and how often a post may be edited.

https://docs.x.com/x-api/fundamentals/edit-posts
"""

from datetime import datetime, timedelta

from sandbox.posts import Post
from sandbox.refusals import NotEditable
from sandbox.snowflake import moment_of

EDITS_ALLOWED = 5
EDIT_WINDOW = timedelta(hours=1)  #: From the first version on.


def editable_until(post: Post) -> datetime:
    """When the editing of the post ends, whichever version it is."""
    return moment_of(int(post.first_id)) + EDIT_WINDOW


def check_editable(post: Post, now: datetime) -> None:
    """Raise `NotEditable` when no new version may follow *post*."""
    if post.repost_of:
        raise NotEditable("A repost has no text of its own to edit; delete it instead.")
    if len(post.versions) > EDITS_ALLOWED:
        raise NotEditable(f"A post can be edited {EDITS_ALLOWED} times; write a new one instead.")
    if now >= editable_until(post):
        raise NotEditable("A post can be edited for one hour; write a new one instead.")
