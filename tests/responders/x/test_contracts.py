"""The real channel: tweepy, our client, and X as the sandbox speaks it."""

from __future__ import annotations

import pytest

from responders.x.responder import LAG, XResponder
from sandbox.faults import Fault, FaultKind
from tests.responders.contract import ResponderContract


class Counter:
    def __init__(self, responder, sandbox, clock, say):
        self.responder = responder
        self._sandbox = sandbox
        self._clock = clock
        self._say = say

    def ask(self):
        self._clock.move(seconds=1)
        post_id = self._say(f"customer_{self._clock.now:%H%M%S}", "@TarnwellHelp how do I reset it?")
        self._clock.move(seconds=LAG.total_seconds())
        return post_id

    def edit(self, post_id):
        return self._sandbox.world.edit(post_id, "@TarnwellHelp how do I reset it, please?").id

    def write(self):
        self._clock.move(seconds=1)
        message = self._sandbox.world.send(f"customer_{self._clock.now:%H%M%S}", "TarnwellHelp", "how do I reset it?")
        return message.sender.id, message.id

    def remove(self, post_id):
        self._sandbox.world.delete(post_id)

    def lose_next(self):
        self._sandbox.faults.add(Fault(kind=FaultKind.LOST, method="POST"))


class TestXResponder(ResponderContract):
    @pytest.fixture
    def counter(self, client, clock, sandbox, say):
        return Counter(XResponder(client, clock), sandbox, clock, say)
