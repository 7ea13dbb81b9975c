"""Direct messages: the brand's own, newest first, and new ones to whoever wrote first.

https://docs.x.com/x-api/direct-messages/lookup/introduction
"""

from datetime import timedelta

from aiohttp import web

from sandbox.api.bodies import read_message, read_object
from sandbox.fields import EVENT_TYPES, MESSAGE_EXPANSIONS
from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.messages import Message, conversation_between
from sandbox.payloads import timestamp, user_json
from sandbox.posts import User
from sandbox.problems import MESSAGE_NOT_PERMITTED, Json, Problem, invalid_request
from sandbox.query import Fields, page_token, read_fields, read_id, read_names, read_size, read_token
from sandbox.refusals import BadText
from sandbox.rules import message_refusal
from sandbox.state import Sandbox
from sandbox.wording import entities_json, worded
from sandbox.world import World

REACHABLE = timedelta(days=30)  #: X gives no older messages.
_PAGING = frozenset({"max_results", "pagination_token", "event_types", "dm_event.fields"})
_SIZES = range(1, 101)


async def _list(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    return 200, _page(request, sandbox.world, conversation=None)


async def _list_with(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    participant = read_id(request.match_info["participant_id"], parameter="participant_id")
    return 200, _page(request, sandbox.world, conversation=conversation_between(participant, sandbox.world.brand.id))


async def _send(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    world = sandbox.world
    participant = read_id(request.match_info["participant_id"], parameter="participant_id")
    text, to = read_message(await read_object(request)), world.accounts.numbered(participant)
    refused = message_refusal(world, to) if to else MESSAGE_NOT_PERMITTED
    if to is None or refused:
        raise Problem(refused or MESSAGE_NOT_PERMITTED)
    try:
        sent = world.send(world.brand.handle, to.handle, text, by_app=True)
    except BadText as bad:
        raise invalid_request("$.text", text, f"$.text: {bad}") from bad
    return 201, {"data": {"dm_conversation_id": sent.conversation, "dm_event_id": sent.id}}


def _page(request: web.Request, world: World, *, conversation: str | None) -> Json:
    """One page of the brand's messages, sent ones included; also the last page has a token, as recorded from X."""
    fields = read_fields(request.query, also=_PAGING, expansions=MESSAGE_EXPANSIONS)
    kinds = read_names(request.query, "event_types", EVENT_TYPES) or EVENT_TYPES
    limit, before = read_size(request.query, _SIZES, default=100), read_token(request.query)
    oldest = world.clock() - REACHABLE
    found = [
        message
        for message in world.messages_of(world.brand.id, before=before)
        if "MessageCreate" in kinds and message.sent_at >= oldest and conversation in {None, message.conversation}
    ][:limit]
    data = {"data": [message_json(world, message, fields) for message in found]} if found else {}
    token = {"next_token": page_token(found[-1].id)} if found else {}
    return data | _includes(world, found, fields) | {"meta": {"result_count": len(found)} | token}


def message_json(world: World, message: Message, fields: Fields) -> Json:
    """One direct message with its default fields and those asked for; what it does not have is left out."""
    wording = worded(message.text)
    default: Json = {"id": message.id, "event_type": "MessageCreate", "text": wording.text}
    wanted = fields.message | ({"sender_id"} if "sender_id" in fields.expansions else set())
    extra = {
        "created_at": timestamp(message.sent_at),
        "dm_conversation_id": message.conversation,
        "sender_id": message.sender.id,
    }
    entities = entities_json(world.accounts, wording) if "entities" in wanted else None
    return default | {name: value for name, value in extra.items() if name in wanted} | (entities or {})


def _includes(world: World, messages: list[Message], fields: Fields) -> Json:
    if "sender_id" not in fields.expansions or not messages:
        return {}
    senders: dict[str, User] = {message.sender.id: message.sender for message in messages}
    return {"includes": {"users": [user_json(world, user, fields) for user in senders.values()]}}


BODIES: dict[Endpoint, Body] = {
    Endpoint.MESSAGES: _list,
    Endpoint.MESSAGES_WITH: _list_with,
    Endpoint.SEND: _send,
}
