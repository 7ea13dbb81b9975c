"""The part of the control API that plays the help desk."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from sandbox.mail import Mail
from sandbox.orders import check, read_object, read_switch, read_texts, refuse_unknown
from sandbox.payloads import timestamp
from sandbox.state import SANDBOX

_LAST_PORT = 65_535


async def mails(request: web.Request) -> web.Response:
    """List the mails that the help desk has, newest first, and the port where it takes them."""
    post_office = request.app[SANDBOX].post_office
    return web.json_response({"port": post_office.port, "mails": [_mail_json(mail) for mail in post_office.mails()]})


async def answer(request: web.Request) -> web.Response:
    """Answer a mail as the help desk."""
    body = await read_object(request)
    (text,) = read_texts(body, ("text",), "An answer", also=("resolve",))
    resolves = read_switch(body, "resolve", default=False)
    mail = await request.app[SANDBOX].post_office.answer(request.match_info["id"], text, resolves=resolves)
    return web.json_response(_mail_json(mail), status=201)


async def send_replies(request: web.Request) -> web.Response:
    """Say where Heed takes answers by SMTP."""
    body = await read_object(request)
    refuse_unknown(body, ("host", "port"), "A place for answers")
    host, port = body.get("host", "127.0.0.1"), body.get("port", 0)
    check(isinstance(host, str) and bool(host), "host must be the name or address of a machine, in quotes.")
    check(type(port) is int and 0 < port <= _LAST_PORT, f"port must be a whole number from 1 to {_LAST_PORT}.")
    request.app[SANDBOX].post_office.send_replies_to(str(host), int(port))
    return web.json_response({"host": host, "port": port})


def _mail_json(mail: Mail) -> dict[str, Any]:
    answers = [asdict(one) | {"sent_at": timestamp(one.sent_at)} for one in mail.answers]
    return asdict(mail) | {
        "received_at": timestamp(mail.received_at),
        "answers": answers,
        "is_resolved": mail.is_resolved,
    }
