"""Accounts: the brand's own, and others by id or by handle."""

from collections.abc import Mapping

from aiohttp import web

from sandbox.fields import USER_EXPANSIONS
from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.payloads import user_json
from sandbox.posts import User
from sandbox.problems import FORBIDDEN, Json, Problem, not_found
from sandbox.query import Fields, read_fields, read_handles, read_id, read_ids
from sandbox.state import Sandbox
from sandbox.world import World


async def _me(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    return 200, {"data": user_json(sandbox.world, sandbox.world.brand, _fields(request))}


async def _by_id(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    number, fields = read_id(request.match_info["id"]), _fields(request)
    user = sandbox.world.accounts.numbered(number)
    if user is None:
        return 200, {"errors": [not_found("user", number, "id")]}
    return 200, {"data": user_json(sandbox.world, user, fields)}


async def _by_ids(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, accounts = _fields(request, "ids"), sandbox.world.accounts
    wanted = {number: accounts.numbered(number) for number in read_ids(request.query)}
    return 200, _list(sandbox.world, wanted, "ids", fields)


async def _by_handles(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    fields, accounts = _fields(request, "usernames"), sandbox.world.accounts
    wanted = {handle: accounts.named(handle) for handle in read_handles(request.query)}
    return 200, _list(sandbox.world, wanted, "usernames", fields)


async def _blocking(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    """Whom the brand has shut out, all on one page."""
    fields, world = _fields(request, "max_results", "pagination_token"), sandbox.world
    if read_id(request.match_info["id"]) != world.brand.id:
        raise Problem(FORBIDDEN)
    users = [user_json(world, user, fields) for user in world.blocked_by(world.brand)]
    return 200, ({"data": users} if users else {}) | {"meta": {"result_count": len(users)}}


def _list(world: World, wanted: Mapping[str, User | None], parameter: str, fields: Fields) -> Json:
    found = [user_json(world, user, fields) for user in wanted.values() if user]
    errors = [not_found("user", name, parameter) for name, user in wanted.items() if user is None]
    return ({"data": found} if found else {}) | ({"errors": errors} if errors else {})


def _fields(request: web.Request, *also: str) -> Fields:
    return read_fields(request.query, also=frozenset(also), expansions=USER_EXPANSIONS)


BODIES: dict[Endpoint, Body] = {
    Endpoint.ME: _me,
    Endpoint.USER: _by_id,
    Endpoint.USERS: _by_ids,
    Endpoint.USERS_BY: _by_handles,
    Endpoint.BLOCKING: _blocking,
}
