"""The second page: the mailbox of the help desk, where a visitor reads cases and answers them."""

from aiohttp import web

from sandbox.page.rendering import mailbox
from sandbox.page.visiting import visit
from sandbox.refusals import NoSuchMail, Refused
from sandbox.state import SANDBOX


async def show_mailbox(request: web.Request) -> web.StreamResponse:
    """Show the mails, and the one that the address names; otherwise the newest."""
    sandbox = request.app[SANDBOX]
    try:
        mail = sandbox.post_office.get(request.match_info["id"]) if "id" in request.match_info else None
    except NoSuchMail as missing:
        raise web.HTTPNotFound(text=str(missing)) from missing
    return mailbox(request, visit(sandbox.world, request.query), mail or next(iter(sandbox.post_office.mails()), None))


async def answer_mail(request: web.Request) -> web.StreamResponse:
    """Answer a mail, or answer and resolve; where that is refused, what was typed stays."""
    fields = {name: str(value) for name, value in (await request.post()).items()}
    sandbox, number = request.app[SANDBOX], request.match_info["id"]
    looking, text = visit(sandbox.world, fields), fields.get("text", "").replace("\r\n", "\n")
    try:
        await sandbox.post_office.answer(number, text, resolves="resolve" in fields)
    except NoSuchMail as missing:
        raise web.HTTPNotFound(text=str(missing)) from missing
    except Refused as refused:
        mail = sandbox.post_office.get(number)
        return mailbox(request, looking, mail, typed=text, problem=str(refused), status=400)
    raise web.HTTPSeeOther(f"/mail/{number}?{looking.query}#answers")
