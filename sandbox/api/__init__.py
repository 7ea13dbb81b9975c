"""The endpoints of X API v2 that a bot needs, over the sandbox's world."""

from aiohttp import web

from sandbox.api import messages, notices, posts, rules, streams, timelines, users
from sandbox.gate import routes_of


def routes() -> list[web.RouteDef]:
    """Every endpoint, ready to add to an application."""
    bodies = users.BODIES | timelines.BODIES | posts.BODIES | messages.BODIES | rules.BODIES | notices.BODIES
    return routes_of(bodies) + streams.routes()
