"""What every listener and every responder promises. Subclass, give the stage, inherit the promises."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pytest

from bot.errors import DuplicateRefused, OutcomeUnknown, PostGone
from bot.vocabulary import Audience, Reply, ReplyKind

if TYPE_CHECKING:
    from bot.ports import Listener, Responder


class Street(Protocol):
    """Where a listener listens."""

    listener: Listener

    def say(self, text: str) -> str:
        """Say something to the brand and give the post's id."""
        ...

    def break_next(self) -> type[Exception]:
        """Let the next look fail, and give the error that it must raise."""
        ...


class Counter(Protocol):
    """Where a responder answers."""

    responder: Responder

    def ask(self) -> str:
        """Let a customer ask and give the post's id."""
        ...

    def edit(self, post_id: str) -> str:
        """Let the customer edit the post and give the new version's id."""
        ...

    def remove(self, post_id: str) -> None:
        """Let the customer's post be gone."""
        ...

    def write(self) -> tuple[str, str]:
        """Let a customer write to us in private and give the customer's id and the message's."""
        ...

    def lose_next(self) -> None:
        """Let the next answer of the channel be lost after the reply was posted."""
        ...


async def heard(listener, cursor):
    return [mention.post_id for mention in (await listener.hear(cursor)).mentions]


class ListenerContract:
    @pytest.fixture
    def street(self) -> Street:
        raise NotImplementedError

    async def test_the_first_look_hears_nothing_said_before_it(self, street):
        street.say("long ago")
        assert (await street.listener.hear(None)).mentions == ()

    async def test_what_was_said_before_the_first_look_is_never_heard(self, street):
        street.say("long ago")
        first = await street.listener.hear(None)
        now = street.say("now")
        assert await heard(street.listener, first.cursor) == [now]

    async def test_mentions_come_oldest_first(self, street):
        first = await street.listener.hear(None)
        said = [street.say(text) for text in ("one", "two", "three")]
        assert await heard(street.listener, first.cursor) == said

    async def test_a_look_from_the_same_cursor_hears_the_same_again(self, street):
        first = await street.listener.hear(None)
        said = street.say("one")
        assert [await heard(street.listener, first.cursor) for _ in range(2)] == [[said], [said]]

    async def test_the_next_cursor_misses_nothing_said_later(self, street):
        first = await street.listener.hear(None)
        street.say("one")
        second = await street.listener.hear(first.cursor)
        later = street.say("two")
        assert later in await heard(street.listener, second.cursor)

    async def test_the_cursor_of_a_quiet_channel_stays(self, street):
        first = await street.listener.hear(None)
        street.say("one")
        second = await street.listener.hear(first.cursor)
        assert (await street.listener.hear(second.cursor)).cursor == second.cursor

    async def test_nothing_is_lost_when_a_look_fails(self, street):
        first = await street.listener.hear(None)
        said = street.say("one")
        expected = street.break_next()
        with pytest.raises(expected):
            await street.listener.hear(first.cursor)
        assert await heard(street.listener, first.cursor) == [said]

    async def test_every_mention_names_the_channel(self, street):
        first = await street.listener.hear(None)
        street.say("one")
        [mention] = (await street.listener.hear(first.cursor)).mentions
        assert mention.channel == street.listener.channel


class ResponderContract:
    @pytest.fixture
    def counter(self) -> Counter:
        raise NotImplementedError

    def reply(self, counter, text="Hold the power key. ^Bot", kind=ReplyKind.AUTOMATIC, to=None):
        return Reply(channel=counter.responder.channel, in_reply_to=to or counter.ask(), text=text, kind=kind)

    async def test_each_reply_gets_a_receipt_of_its_own(self, counter):
        receipts = [await counter.responder.send(self.reply(counter)) for _ in range(2)]
        assert receipts[0].post_id != receipts[1].post_id

    async def test_a_receipt_names_the_channel(self, counter):
        receipt = await counter.responder.send(self.reply(counter))
        assert receipt.channel == counter.responder.channel

    async def test_a_reply_that_was_sent_is_found_with_its_receipt(self, counter):
        reply = self.reply(counter)
        receipt = await counter.responder.send(reply)
        assert await counter.responder.find_sent(reply) == receipt

    async def test_a_reply_that_was_not_sent_is_not_found(self, counter):
        await counter.responder.send(self.reply(counter))
        assert await counter.responder.find_sent(self.reply(counter)) is None

    async def test_a_reply_whose_answer_is_lost_is_in_doubt_and_found_by_looking(self, counter):
        reply = self.reply(counter)
        counter.lose_next()
        with pytest.raises(OutcomeUnknown):
            await counter.responder.send(reply)
        assert await counter.responder.find_sent(reply) is not None

    async def test_the_same_words_to_the_same_post_are_refused(self, counter):
        reply = self.reply(counter)
        await counter.responder.send(reply)
        with pytest.raises(DuplicateRefused):
            await counter.responder.send(reply)

    async def test_a_post_that_is_gone_cannot_be_answered(self, counter):
        reply = self.reply(counter)
        counter.remove(reply.in_reply_to)
        with pytest.raises(PostGone):
            await counter.responder.send(reply)

    async def test_a_post_that_was_not_edited_is_its_own_newest_version(self, counter):
        reply = self.reply(counter)
        assert await counter.responder.newest_version(reply) == reply.in_reply_to

    async def test_an_edited_post_has_a_newer_version(self, counter):
        reply = self.reply(counter)
        newest = counter.edit(reply.in_reply_to)
        assert newest != reply.in_reply_to
        assert await counter.responder.newest_version(reply) == newest

    async def test_a_post_that_is_gone_has_no_newest_version(self, counter):
        reply = self.reply(counter)
        counter.remove(reply.in_reply_to)
        with pytest.raises(PostGone):
            await counter.responder.newest_version(reply)

    async def test_a_reply_that_was_deleted_is_not_found_and_may_be_deleted_again(self, counter):
        reply = self.reply(counter)
        receipt = await counter.responder.send(reply)
        for _ in range(2):
            await counter.responder.retract(receipt)
        assert await counter.responder.find_sent(reply) is None

    async def test_the_parts_of_a_thread_are_told_apart(self, counter):
        first = self.reply(counter, "1/2 Hold the power key.", ReplyKind.AGENT)
        before = await counter.responder.send(first)
        second = replace(first, text="2/2 Then wait. ^MK", in_reply_to=before.post_id)
        assert await counter.responder.find_sent(second) is None
        receipt = await counter.responder.send(second)
        assert [await counter.responder.find_sent(part) for part in (first, second)] == [before, receipt]

    def message(self, counter, text="Hold the power key. ^MK"):
        addressee, message_id = counter.write()
        return Reply(
            channel=counter.responder.channel,
            in_reply_to=message_id,
            text=text,
            kind=ReplyKind.AGENT,
            audience=Audience.PRIVATE,
            addressee=addressee,
        )

    async def test_a_direct_message_that_was_sent_is_found_with_its_receipt(self, counter):
        message = self.message(counter)
        assert await counter.responder.find_sent(message) is None
        receipt = await counter.responder.send(message)
        assert await counter.responder.find_sent(message) == receipt

    async def test_a_direct_message_is_known_by_its_words_and_its_addressee(self, counter):
        message, other = self.message(counter), self.message(counter)
        await counter.responder.send(message)
        assert await counter.responder.find_sent(replace(message, text="Something else. ^MK")) is None
        assert await counter.responder.find_sent(other) is None

    async def test_a_direct_message_whose_answer_is_lost_is_in_doubt_and_found_by_looking(self, counter):
        message = self.message(counter)
        counter.lose_next()
        with pytest.raises(OutcomeUnknown):
            await counter.responder.send(message)
        assert await counter.responder.find_sent(message) is not None

    async def test_a_direct_message_has_one_version(self, counter):
        message = self.message(counter)
        assert await counter.responder.newest_version(message) == message.in_reply_to

    async def test_another_agents_answer_to_the_same_post_is_not_taken_for_this_one(self, counter):
        post_id = counter.ask()
        first = self.reply(counter, "Write us your order number. ^MK", ReplyKind.AGENT, to=post_id)
        other = self.reply(counter, "It is on its way. ^JT", ReplyKind.AGENT, to=post_id)
        await counter.responder.send(first)
        assert await counter.responder.find_sent(other) is None

    async def test_any_answer_to_the_post_counts_for_an_automatic_reply(self, counter):
        post_id = counter.ask()
        by_hand = self.reply(counter, "A person was faster. ^MK", ReplyKind.AGENT, to=post_id)
        receipt = await counter.responder.send(by_hand)
        assert await counter.responder.find_sent(self.reply(counter, to=post_id)) == receipt
