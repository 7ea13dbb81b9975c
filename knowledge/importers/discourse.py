"""Articles from a Discourse forum: each topic with the answer that is marked as its solution."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from bot.errors import DataError
from knowledge.importers.admitting import Entry, printable
from knowledge.importers.found import Reached, Skipped, Why, silent
from knowledge.importers.html_text import to_markdown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from knowledge.importers.admitting import Terms
    from knowledge.importers.forum import Forum
    from knowledge.importers.found import Found, Imported, Progress
    from knowledge.importers.payloads import ListedTopic, Post, Topic


async def read_discourse(
    forum: Forum, terms: Terms, *, category: str = "", cursor: str = "", progress: Progress = silent
) -> AsyncIterator[Found]:
    """Give what becomes of each solved topic, page by page from *cursor*; progress in pages. Raises DataError.

    *category* is the slug and id of one, such as "help/5"; empty for all. A cursor of another one counts for nothing.
    """
    slugs = {} if terms.topic else await forum.categories()
    reached, _, of = cursor.partition(" ")
    for number in count(int(reached) if reached and of == category else 0):
        page = await forum.topics(number, category)
        if not number and not page.topics:
            raise DataError("shows no solved topic.", file=str(forum.address), remedy="Perhaps it wants a key.")
        for listed in page.topics:
            yield await _found(forum, listed, terms, slugs)
        more = bool(page.topics and page.more_topics_url)
        progress("Reading pages", number + 1, number + 1 + more)
        yield Reached(cursor=f"{number + 1} {category}" if more else "")
        if not more:
            return


async def _found(forum: Forum, listed: ListedTopic, terms: Terms, slugs: Mapping[int, str]) -> Imported | Skipped:
    where = str(forum.address / "t" / str(listed.id))
    if not listed.has_accepted_answer:
        return Skipped(where=where, why=Why.UNSOLVED)
    topic = await forum.topic(listed.id)
    post = None if topic is None else await _solution(forum, listed.id, topic)
    if post is None:
        return Skipped(where=where, why=Why.GONE)
    return terms.admit(_entry(listed, post, where, slugs))


async def _solution(forum: Forum, topic_id: int, topic: Topic) -> Post | None:
    marked = [*topic.accepted_answers, *(post for post in topic.post_stream.posts if post.accepted_answer)]
    if marked:
        return marked[0]
    if topic.accepted_answer is None:
        return None
    # A topic comes with its first posts only.
    return await forum.post(topic_id, topic.accepted_answer.post_number)


def _entry(listed: ListedTopic, post: Post, where: str, slugs: Mapping[int, str]) -> Entry:
    return Entry(
        where=where,
        id=str(listed.id),
        question=printable(listed.title).strip(),
        answer=to_markdown(post.cooked),
        tag=slugs.get(listed.category_id or 0, ""),
        author=printable(post.username),
        votes=post.likes,
        last_verified=post.updated_at,
        url=f"{where}/{post.post_number}",
        accepted=True,
    )
