"""A small Chatwoot: what its public API does for an API inbox, in memory, over real HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

INBOX = "Qk3vPq"


@dataclass
class FakeChatwoot:
    """Finds a contact again by its source id, and makes each conversation anew, as Chatwoot does."""

    status: int = 0  #: Answers everything with it, unless 0.
    after: int = 0  #: Requests that are answered before that.
    hangs: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)
    contacts: dict = field(default_factory=dict)
    conversations: dict = field(default_factory=dict)

    def app(self):
        app = web.Application(middlewares=[self._trouble])
        root = f"/public/api/v1/inboxes/{INBOX}/contacts"
        one = root + "/{source_id}/conversations"
        app.add_routes(
            [
                web.post(root, self.make_contact),
                web.get(one, self.list_conversations),
                web.post(one, self.make_conversation),
                web.post(one + "/{number}/messages", self.make_message),
            ]
        )
        return app

    @web.middleware
    async def _trouble(self, request, handler):
        if self.hangs:
            await self.released.wait()
        if self.status and self.after <= 0:
            return web.json_response({"error": "mara@example.org"}, status=self.status)
        self.after -= 1
        return await handler(request)

    async def make_contact(self, request):
        given = await request.json()
        contact = self.contacts.setdefault(given["source_id"], given)
        return web.json_response({"source_id": given["source_id"], "name": contact["name"], "id": len(self.contacts)})

    async def list_conversations(self, request):
        return web.json_response(self._of(request))

    async def make_conversation(self, request):
        self._of(request)
        made = {
            "id": len(self.conversations) + 1,
            "status": "open",
            "source_id": request.match_info["source_id"],
            "custom_attributes": (await request.json())["custom_attributes"],
            "messages": [],
        }
        self.conversations[made["id"]] = made
        return web.json_response(made)

    async def make_message(self, request):
        message = {"content": (await request.json())["content"], "message_type": 0}
        self.conversations[int(request.match_info["number"])]["messages"].append(message)
        return web.json_response(message)

    def _of(self, request):
        source_id = request.match_info["source_id"]
        if source_id not in self.contacts:
            raise web.HTTPNotFound
        return [each for each in self.conversations.values() if each["source_id"] == source_id]
