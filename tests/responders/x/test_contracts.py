"""The real channel: tweepy, our client, and X as the sandbox speaks it."""

from __future__ import annotations

import pytest

from bot.errors import ChannelDown
from responders.x.listener import XListener
from responders.x.responder import LAG, XResponder
from sandbox.faults import Fault, FaultKind
from tests.responders.contract import ListenerContract, ResponderContract


class Street:
    def __init__(self, listener, sandbox, say):
        self.listener = listener
        self._sandbox = sandbox
        self._say = say

    def say(self, text):
        return self._say("mara_k", f"@TarnwellHelp {text}")

    def break_next(self):
        self._sandbox.faults.add(Fault(kind=FaultKind.STATUS, path="/2/users", html=True))
        return ChannelDown


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

    def remove(self, post_id):
        self._sandbox.world.delete(post_id)

    def lose_next(self):
        self._sandbox.faults.add(Fault(kind=FaultKind.LOST, method="POST"))


class TestXListener(ListenerContract):
    @pytest.fixture
    def street(self, client, settings, clock, sandbox, say):
        return Street(XListener(client, settings, clock), sandbox, say)


class TestXResponder(ResponderContract):
    @pytest.fixture
    def counter(self, client, clock, sandbox, say):
        return Counter(XResponder(client, clock), sandbox, clock, say)
