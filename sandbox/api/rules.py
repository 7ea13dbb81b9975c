"""The endpoints of the filtered stream's rules."""

from aiohttp import web

from sandbox.api.notices import read_body
from sandbox.filtered import FilteredStream, Rule, RuleRefused, rule_json
from sandbox.gate import Body
from sandbox.limits import Endpoint
from sandbox.payloads import timestamp
from sandbox.problems import Json, invalid_request
from sandbox.state import Sandbox


async def _list(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    wanted = set(filter(None, request.query.get("ids", "").split(",")))
    found = [rule_json(rule) for rule in sandbox.notices.search.rules() if not wanted or rule.id in wanted]
    meta = {"sent": timestamp(sandbox.world.clock()), "result_count": len(found)}
    return 200, ({"data": found} if found else {}) | {"meta": meta}


async def _change(request: web.Request, sandbox: Sandbox) -> tuple[int, Json]:
    body = await read_body(request, frozenset({"add", "delete"}))
    if len(body) != 1:
        raise invalid_request("body", str(body), "Give either add or delete")
    change = _add if "add" in body else _delete
    answer = change(sandbox.notices.search, body)
    answer["meta"] = {"sent": timestamp(sandbox.world.clock()), "summary": answer.pop("summary")}
    return 200, answer


def _add(stream: FilteredStream, body: Json) -> Json:
    made: list[Rule] = []
    errors: list[Json] = []
    for value, tag in _wanted(body["add"]):
        try:
            made.append(stream.add(value, tag))
        except RuleRefused as refused:
            errors.append(refused.entry)
    summary = {"created": len(made), "not_created": len(errors), "valid": len(made), "invalid": len(errors)}
    parts = {"data": [rule_json(rule) for rule in made], "errors": errors}
    return {name: part for name, part in parts.items() if part} | {"summary": summary}


def _delete(stream: FilteredStream, body: Json) -> Json:
    given = body["delete"] if isinstance(body["delete"], dict) else {}
    ids, values = _strings(given.get("ids", [])), _strings(given.get("values", []))
    deleted = stream.remove(ids, values)
    return {"summary": {"deleted": deleted, "not_deleted": max(0, len(ids) + len(values) - deleted)}}


def _wanted(rules: object) -> list[tuple[str, str | None]]:
    entries = [entry for entry in rules if isinstance(entry, dict)] if isinstance(rules, list) else []
    values = [entry["value"] for entry in entries if isinstance(entry.get("value"), str)]
    if not isinstance(rules, list) or len(values) < len(rules):
        raise invalid_request("$.add", str(rules), "$.add: a list of objects with a value expected")
    return [
        (value, str(entry["tag"]) if entry.get("tag") else None) for value, entry in zip(values, entries, strict=True)
    ]


def _strings(values: object) -> list[str]:
    if not isinstance(values, list):
        raise invalid_request("$.delete", str(values), "$.delete: lists of ids or values expected")
    return [str(value) for value in values]


BODIES: dict[Endpoint, Body] = {Endpoint.RULES: _list, Endpoint.CHANGE_RULES: _change}
