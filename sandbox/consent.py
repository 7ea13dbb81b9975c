"""The pages and endpoints of OAuth 2.0: asking a person's consent, and giving tokens for it.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from html import escape

from aiohttp import web
from yarl import URL

from sandbox.oauth2 import KNOWN_SCOPES, Request, Tokens, refused
from sandbox.state import SANDBOX, Sandbox

_ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge")
_METHODS = frozenset({"S256", "plain"})
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Authorise an app</title></head><body>
<h1>Let this app use @{handle}?</h1>
<p>It asks for: {scopes}.</p>
<form method="post">{fields}
<button name="answer" value="yes">Authorise app</button>
<button name="answer" value="no">Cancel</button>
</form></body></html>
"""


async def _ask(request: web.Request) -> web.Response:
    """Show who asks for what, with a button for each answer."""
    asked = _read(request.query, request.app[SANDBOX])
    hidden = {name: request.query.get(name, "") for name in (*_ASKED, "response_type", "code_challenge_method")}
    page = _PAGE.format(
        handle=escape(request.app[SANDBOX].world.brand.handle),
        scopes=escape(", ".join(sorted(asked.scopes))),
        fields="".join(f'<input type="hidden" name="{name}" value="{escape(hidden[name])}">' for name in hidden),
    )
    policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    return web.Response(text=page, content_type="text/html", headers={"Content-Security-Policy": policy})


async def _agree(request: web.Request) -> web.Response:
    """Send the browser back to the app, with a code or with the refusal."""
    sandbox, form = request.app[SANDBOX], await _form(request)
    asked = _read(form, sandbox)
    agreed = form.get("answer") == "yes"
    told = {"code": sandbox.credentials.grants.agree(asked)} if agreed else {"error": "access_denied"}
    raise web.HTTPSeeOther(URL(asked.redirect_uri).update_query({"state": form["state"]} | told))


async def _give(request: web.Request) -> web.Response:
    """Exchange a code or a refresh token for new tokens."""
    sandbox, form = request.app[SANDBOX], await _form(request)
    _check_client(request, sandbox)
    grants = sandbox.credentials.grants
    match form.get("grant_type"):
        case "authorization_code":
            tokens = grants.exchange(
                form.get("code", ""),
                verifier=form.get("code_verifier", ""),
                redirect_uri=form.get("redirect_uri", ""),
                client_id=sandbox.config.client_id,
            )
        case "refresh_token":
            tokens = grants.renew("" if sandbox.credentials.revoked else form.get("refresh_token", ""))
        case kind:
            raise refused("unsupported_grant_type", f"The grant type {kind} is not supported.")
    return web.json_response(_tokens_json(tokens, sandbox.config.access_seconds))


async def _revoke(request: web.Request) -> web.Response:
    _check_client(request, request.app[SANDBOX])
    request.app[SANDBOX].credentials.grants.revoke((await _form(request)).get("token", ""))
    return web.json_response({"revoked": True})


def _read(given: Mapping[str, str], sandbox: Sandbox) -> Request:
    """Read what the app asks for; answers 400 with a sentence when it cannot be asked."""
    for name in _ASKED:
        _check(bool(given.get(name)), f"{name} is missing.")
    scopes, method = given["scope"].split(), given.get("code_challenge_method", "plain")
    unknown = sorted(set(scopes) - KNOWN_SCOPES)
    _check(given.get("response_type") == "code", "response_type must be code.")
    _check(given["client_id"] == sandbox.config.client_id, "client_id is not the id of an app here.")
    _check(method in _METHODS, "code_challenge_method must be S256 or plain.")
    _check(not unknown, f"scope has unknown names: {', '.join(unknown)}.")
    _check(_is_address(given["redirect_uri"]), "redirect_uri must be an http or https address.")
    return Request(
        client_id=given["client_id"],
        redirect_uri=given["redirect_uri"],
        scopes=frozenset(scopes),
        challenge=given["code_challenge"],
        method=method,
    )


def _is_address(text: str) -> bool:
    try:
        return URL(text).scheme in {"http", "https"} and bool(URL(text).host)
    except ValueError:
        return False


def _check(right: bool, sentence: str) -> None:
    if not right:
        raise web.HTTPBadRequest(text=sentence)


def _check_client(request: web.Request, sandbox: Sandbox) -> None:
    """Raise `Problem` (401) unless the app names itself with its id and its secret."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        client_id, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except (NotBase64, UnicodeDecodeError):
        client_id = secret = ""
    if kind != "Basic" or not sandbox.credentials.is_client(client_id, secret):
        raise refused("unauthorized_client", "Missing valid authorization header", status=401)


async def _form(request: web.Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.post()).items()}


def _tokens_json(tokens: Tokens, seconds: float) -> dict[str, object]:
    scope = " ".join(sorted(tokens.scopes))
    given = {"token_type": "bearer", "expires_in": int(seconds), "access_token": tokens.access, "scope": scope}
    return given | ({"refresh_token": tokens.refresh} if tokens.refresh else {})


def routes() -> list[web.RouteDef]:
    """List where a person is asked and where the app gets its tokens."""
    return [
        web.get("/i/oauth2/authorize", _ask),
        web.post("/i/oauth2/authorize", _agree),
        web.post("/2/oauth2/token", _give),
        web.post("/2/oauth2/revoke", _revoke),
    ]
