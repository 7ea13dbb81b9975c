"""What can be looked at: the page, and the parts of it that change while it is open."""

from aiohttp import web

from sandbox.page.rendering import one_thread, page, panel
from sandbox.page.visiting import visit
from sandbox.state import SANDBOX
from sandbox.threads import thread


async def show(request: web.Request) -> web.StreamResponse:
    """Show the whole page."""
    return page(request, visit(request.app[SANDBOX].world, request.query))


async def show_thread(request: web.Request) -> web.StreamResponse:
    """Show one thread, or 404 when nothing of it is left."""
    world = request.app[SANDBOX].world
    found = thread(world, request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound(text="This thread is gone.")
    return one_thread(request, visit(world, request.query), found)


async def show_panel(request: web.Request) -> web.StreamResponse:
    """Show one of the panels beside the timeline."""
    return panel(request, visit(request.app[SANDBOX].world, request.query), request.match_info["name"])
