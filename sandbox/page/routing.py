"""Every address of the page."""

from aiohttp import web

from sandbox.page import acting, weather
from sandbox.page.acting import Form
from sandbox.page.mailbox import answer_mail, show_mailbox
from sandbox.page.showing import show, show_panel, show_thread
from sandbox.page.visiting import Part

_FORMS = (
    Form("/posts", acting.publish, Part.COMPOSER),
    Form("/posts/{id}/repost", acting.repost),
    Form("/posts/{id}/delete", acting.delete),
    Form("/posts/{id}/index", acting.index),
    Form("/messages", acting.send, Part.MESSAGES),
    Form("/block", acting.block),
    Form("/protect", acting.protect),
    Form("/weather", weather.arm),
    Form("/weather/clear", weather.clear),
)


def routes() -> list[web.RouteDef]:
    """List both pages, the parts of the first, and its forms."""
    shown = [
        web.get("/", show),
        web.get("/threads/{id}", show_thread),
        web.get("/panels/{name:account|talk|weather}", show_panel),
        web.get("/mail", show_mailbox),
        web.get(r"/mail/{id:\d{1,9}}", show_mailbox),
        web.post(r"/mail/{id:\d{1,9}}", answer_mail),
    ]
    return shown + [web.post(form.path, form.receive) for form in _FORMS]
