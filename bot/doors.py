"""What the doors that a Rasa server comes through have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping


async def read_object(request: web.Request, *, largest: int, such_as: str) -> Mapping[str, Any]:
    """Give the JSON object in the body of *request*, of *largest* bytes at most.

    Raises ValueError, whose message is a sentence for whoever sent it; it shows an object *such_as* is wanted.
    """
    try:
        body = json.loads(await request.clone(client_max_size=largest).read())
    except web.HTTPRequestEntityTooLarge as error:
        raise ValueError(f"The body has more than {largest:,} bytes.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise ValueError(f"The body is not a JSON object such as {such_as}.")  # noqa: TRY004 - of what was sent
    return body
