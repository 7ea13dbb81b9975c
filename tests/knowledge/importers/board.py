"""A small forum that speaks the part of Discourse's API that an import needs, over real HTTP."""

from __future__ import annotations

from collections import Counter

from aiohttp import web

PAGE = 2


class Board:
    """Topics by id, and answers to come instead of the real ones."""

    def __init__(self, topics=()):
        self.topics = {topic["id"]: topic for topic in topics}
        self.instead = []  # responses that are given before any real one
        self.asked = Counter()
        self.headers = []

    def app(self):
        app = web.Application(middlewares=[self._watch])
        app.add_routes(
            [
                web.get("/latest.json", self._list),
                web.get("/c/help/5.json", self._list),
                web.get("/site.json", self._site),
                web.get(r"/t/{id:\d+}.json", self._topic),
                web.get(r"/posts/by_number/{id:\d+}/{number:\d+}.json", self._post),
            ]
        )
        return app

    @web.middleware
    async def _watch(self, request, handler):
        self.asked[request.path] += 1
        self.headers.append(dict(request.headers))
        if self.instead:
            return self.instead.pop(0)
        return await handler(request)

    async def _list(self, request):
        wanted = dict(request.query)
        assert wanted.pop("page") == str(int(request.query["page"]))
        assert wanted == {"solved": "yes", "order": "created", "ascending": "true"}
        topics = list(self.topics.values())
        start = int(request.query["page"]) * PAGE
        more = {"more_topics_url": "/latest?page=1"} if len(topics) > start + PAGE else {}
        listed = [topic["listed"] for topic in topics[start : start + PAGE]]
        return web.json_response({"users": [], "topic_list": {"per_page": PAGE, "topics": listed, **more}})

    async def _site(self, _):
        return web.json_response({"categories": [{"id": 5, "slug": "noise", "name": "Noise"}]})

    async def _topic(self, request):
        topic = self.topics[int(request.match_info["id"])]
        if topic["whole"] is None:
            return web.json_response({"errors": ["gone"]}, status=404)
        return web.json_response(topic["whole"])

    async def _post(self, request):
        topic = self.topics[int(request.match_info["id"])]
        number = int(request.match_info["number"])
        return web.json_response(next(post for post in topic["all"] if post["post_number"] == number))


def a_post(number, **given):
    return {
        "id": 1000 + number,
        "post_number": number,
        "username": "ines",
        "cooked": f"<p>Post {number}: the plate warms up.</p>",
        "created_at": "2026-02-03T10:00:00.000Z",
        "updated_at": "2026-02-04T10:00:00.000Z",
        "actions_summary": [{"id": 2, "count": 6}],
        **given,
    }


def a_topic(topic_id, *, title="Why does my kettle hum?", solved=True, whole=None, **given):
    posts = [a_post(1), a_post(2, accepted_answer=solved)]
    return {
        "id": topic_id,
        "listed": {"id": topic_id, "title": title, "slug": "hum", "category_id": 5, "has_accepted_answer": solved},
        "whole": whole or {"id": topic_id, "post_stream": {"posts": posts}},
        "all": posts,
        **given,
    }
