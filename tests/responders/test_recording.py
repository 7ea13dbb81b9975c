"""The channel in memory keeps the promises of a real one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import ChannelDown
from bot.vocabulary import Mention
from responders.recording import RecordingListener, RecordingResponder
from tests.responders.contract import ListenerContract, ResponderContract


class Street:
    def __init__(self):
        self.listener = RecordingListener()

    def say(self, text):
        number = str(len(self.listener.said) + 1)
        self.listener.say(
            Mention(
                channel=self.listener.channel,
                post_id=number,
                chain_id=number,
                author_id="7",
                author_handle="mara_k",
                text=text,
                posted_at=datetime.now(UTC),
                root_id=number,
            )
        )
        return number

    def break_next(self):
        self.listener.fail_next = ChannelDown()
        return ChannelDown


class Counter:
    def __init__(self):
        self.responder = RecordingResponder()
        self._asked = 0

    def ask(self):
        self._asked += 1
        return str(self._asked)

    def edit(self, post_id):
        self.responder.edited[post_id] = self.ask()
        return self.responder.edited[post_id]

    def write(self):
        return f"customer {self.ask()}", self.ask()

    def remove(self, post_id):
        self.responder.gone.add(post_id)

    def lose_next(self):
        self.responder.lose_next = True


class TestRecordingListener(ListenerContract):
    @pytest.fixture
    def street(self):
        return Street()


class TestRecordingResponder(ResponderContract):
    @pytest.fixture
    def counter(self):
        return Counter()

    async def test_a_failure_is_raised_once_and_nothing_is_kept(self, counter):
        counter.responder.fail_next = ChannelDown()
        reply = self.reply(counter)
        with pytest.raises(ChannelDown):
            await counter.responder.send(reply)
        assert counter.responder.sent == []
        assert await counter.responder.send(reply)
