"""What all listeners of X promise alike, each on the sandbox through the real client."""

from __future__ import annotations

import pytest

from bot.errors import ChannelDown
from responders.x.asking import TRIES
from responders.x.keywords import XKeywords
from responders.x.listener import XListener
from responders.x.messages import XMessages
from responders.x.own_posts import XOwnPosts
from sandbox.faults import Fault, FaultKind
from tests.responders.contract import ListenerContract


class Street:
    """Says what the listener is for, and breaks the endpoint that it asks."""

    def __init__(self, listener, sandbox, path, say):
        self.listener = listener
        self.say = say
        self._sandbox = sandbox
        self._path = path

    def break_next(self):
        self._sandbox.faults.add(Fault(kind=FaultKind.STATUS, path=self._path, html=True, times=TRIES))
        return ChannelDown


class TestXListener(ListenerContract):
    @pytest.fixture
    def street(self, client, settings, clock, sandbox, say):
        def ask(text):
            return say("mara_k", f"@TarnwellHelp {text}")

        return Street(XListener(client, settings, clock), sandbox, "/2/users", ask)


class TestXOwnPosts(ListenerContract):
    @pytest.fixture
    def street(self, client, settings, clock, sandbox, say):
        def answer(text):
            return say("TarnwellHelp", text, reply_to=say("mara_k", "@TarnwellHelp it is broken"))

        return Street(XOwnPosts(client, settings, clock), sandbox, "/2/users", answer)


class TestXMessages(ListenerContract):
    @pytest.fixture
    def street(self, client, settings, clock, sandbox, world):
        def write(text):
            return world.send("mara_k", "TarnwellHelp", text).id

        return Street(XMessages(client, settings, clock), sandbox, "/2/dm_events", write)


class TestXKeywords(ListenerContract):
    @pytest.fixture
    def street(self, client, settings, clock, sandbox, say):
        def talk(text):
            return say("mara_k", f"my tarnwell says {text}")

        worded = settings.model_copy(update={"keywords": ("tarnwell",)})
        return Street(XKeywords(client, worded, clock), sandbox, "/2/tweets/search", talk)
