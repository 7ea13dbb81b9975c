"""X's own description of its API, and whether an answer keeps to it."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator

from sandbox.limits import Endpoint

Json = dict[str, Any]

_ERRORS = range(400, 600)
_OPEN = frozenset({"TweetCreateResponse"})  #: X has been recorded to answer with more than it describes here.


class Description:
    """An OpenAPI 3.0 document; its schemas are close enough to JSON Schema's draft 4 to be used as such."""

    def __init__(self, path: Path) -> None:
        self._document = json.loads(path.read_text(encoding="utf-8"))
        self._closed = _closed(self._document)

    def check(self, endpoint: Endpoint, status: int, content_type: str, body: Json) -> None:
        """Fail unless *body* is what *endpoint* may answer; a success may hold nothing that is not described."""
        responses = self._operation(endpoint)["responses"]
        described = responses.get(str(status)) or responses["default"]
        if status not in _ERRORS and str(status) not in responses:
            raise AssertionError(f"{status} is no success of {endpoint}")
        if content_type not in described["content"]:
            raise AssertionError(f"{content_type} is no answer {status} of {endpoint}")
        self._validate(described["content"][content_type]["schema"], body, closed=str(status) in responses)
        for problem in [body, *body.get("errors", [])]:
            self._check_problem(problem)

    def check_schema(self, name: str, body: Json) -> None:
        """Fail unless *body* fits the schema of this name."""
        self._validate({"$ref": f"#/components/schemas/{name}"}, body, closed=False)

    def _check_problem(self, problem: Json) -> None:
        """A problem's type says which schema it follows; of types that the document lacks nothing is known."""
        mapping = self._document["components"]["schemas"]["Problem"]["discriminator"]["mapping"]
        if problem.get("type") in mapping:
            self._validate({"$ref": mapping[problem["type"]]}, problem, closed=False)

    def _operation(self, endpoint: Endpoint) -> Json:
        method, path = endpoint.value.split(" ")
        parts = [f"{{{part[1:]}}}" if part.startswith(":") else part for part in path.split("/")]
        return self._document["paths"]["/".join(parts)][method.lower()]

    def _validate(self, schema: Json, body: Json, *, closed: bool) -> None:
        document = self._closed if closed else self._document
        errors = Draft4Validator({**schema, "components": document["components"]}).iter_errors(body)
        found = [f"{error.json_path}: {error.message}" for error in errors]
        if found:
            raise AssertionError("\n".join(found))


def _closed(document: Json) -> Json:
    """Let every object hold only what is described; those that others extend stay open."""
    copied = deepcopy(document)
    extended = {part.get("$ref", "") for schema in _objects(copied) for part in schema.get("allOf", [])}
    for name, schema in copied["components"]["schemas"].items():
        if f"#/components/schemas/{name}" not in extended and "allOf" not in schema and name not in _OPEN:
            for inner in _objects(schema):
                if "properties" in inner and "type" in inner:
                    inner.setdefault("additionalProperties", False)
    return copied


def _objects(value: Any) -> list[Json]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value] if isinstance(value, dict) else []
    return own + [found for one in inner for found in _objects(one)]
