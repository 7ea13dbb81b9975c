"""What people do to drafts, and what they find of answers, becomes audits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.errors import IllegalMove
from bot.vocabulary import HELD_BACK, Audience, AuditSource, Draft, Outcome, Reason, Route
from storage import audits as repository
from storage.agents import Role, create_agent
from storage.audits import draw, is_drawn, judge, judged_answers, judgement, waiting_audits
from storage.cases import approve_draft, reject_draft, write_reply
from storage.erasing import erase_posts
from storage.tables import audits, decisions, drafts
from tests.bot.values import a_candidate, a_decision, a_mention
from tests.storage.outcomes import handed, heard, ignored, put, replied, rows

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
DRAFTED = "Hold the key for 15 seconds, then start again. ^Bot"


def drafted(admitted, *reasons, text=DRAFTED):
    decision = a_decision(Route.DRAFT, *(reasons or [Reason.UNCERTAIN]), confidence=0.62)
    return Outcome(admitted=admitted, decision=decision, made=Draft(text=text, article_id="reset-password"))


@pytest.fixture
async def ann(database):
    async with database.begin() as connection:
        return await create_agent(connection, "Ann", "AN", Role.AGENT, "correct horse battery")


@pytest.fixture
def draft(database):
    """Puts a draft into the database, for the given reasons, and gives its row."""

    async def put_draft(*reasons):
        [admitted] = await heard(database, a_mention("it is stuck"))
        await put(database, drafted(admitted, *reasons))
        return (await rows(database, drafts))[-1]

    return put_draft


async def only_audit(database):
    [row] = await rows(database, audits)
    return row


async def test_an_approved_draft_is_a_right_answer(database, draft, ann):
    waiting = await draft()
    async with database.begin() as connection:
        await approve_draft(connection, waiting.id, text=waiting.text, by=ann)
    audit = await only_audit(database)

    assert (audit.source, audit.right, audit.judged_by) == (AuditSource.APPROVED, True, "Ann")
    assert (audit.article_id, audit.topic, audit.confidence) == ("reset-password", "accounts", 0.62)
    assert audit.audience == Audience.PUBLIC


async def test_a_rejected_draft_is_a_wrong_answer(database, draft, ann):
    waiting = await draft()
    async with database.begin() as connection:
        await reject_draft(connection, waiting.id, note="not this", by=ann)
    audit = await only_audit(database)

    assert (audit.source, audit.right) == (AuditSource.REJECTED, False)


async def test_an_agents_own_words_in_the_place_of_a_draft_judge_it(database, draft, ann):
    waiting = await draft()
    async with database.begin() as connection:
        await write_reply(connection, waiting.conversation_id, text="Send it to us. ^AN", by=ann)
    audit = await only_audit(database)

    assert (audit.source, audit.right) == (AuditSource.EDITED, False)


async def test_a_settlement_that_is_rolled_back_judges_nothing(database, draft, ann):
    waiting = await draft()
    async with database.begin() as connection:
        await approve_draft(connection, waiting.id, text=waiting.text, by=ann)
        await connection.rollback()

    assert await rows(database, audits) == []


@pytest.mark.parametrize(
    ("sent", "verdict"),
    [
        (DRAFTED, (AuditSource.APPROVED, True)),
        ("Hold the key for 15 seconds, then start again. ^AN", (AuditSource.EDITED, True)),
        ("Hold the key for 15 seconds,  then start again", (AuditSource.EDITED, True)),
        ("Hold the key for 15 seconds and then start again! ^Bot", (AuditSource.EDITED, True)),
        ("Hold the key for 10 seconds, then start again. ^Bot", (AuditSource.EDITED, False)),
        ("Hold the key. ^Bot", (AuditSource.EDITED, False)),
        ("Please send us your serial number. ^AN", (AuditSource.EDITED, False)),
    ],
)
def test_an_edit_that_says_the_same_leaves_the_draft_right(sent, verdict):
    assert judgement(DRAFTED, sent) == verdict


@pytest.mark.parametrize("reason", sorted(HELD_BACK))
async def test_a_draft_that_only_threshold_or_ops_held_back_is_audited(database, draft, ann, reason):
    waiting = await draft(reason)
    async with database.begin() as connection:
        await approve_draft(connection, waiting.id, text=waiting.text, by=ann)

    assert (await only_audit(database)).right


@pytest.mark.parametrize("reason", [Reason.NOT_A_QUESTION, Reason.AMBIGUOUS, Reason.POLICY, Reason.OVER_LENGTH])
async def test_a_draft_that_would_never_go_out_alone_is_no_audit(database, draft, ann, reason):
    waiting = await draft(Reason.UNCERTAIN, reason)
    async with database.begin() as connection:
        await approve_draft(connection, waiting.id, text=waiting.text, by=ann)

    assert await rows(database, audits) == []


async def test_every_automatic_answer_is_drawn_when_the_share_is_all(database):
    one, two, three = await heard(database, a_mention("one"), a_mention("two"), a_mention("three"))
    outcomes = [replied(one), handed(two), replied(three)]
    await put(database, *outcomes)
    async with database.begin() as connection:
        await draw(connection, outcomes, 1.0)
        waiting = await waiting_audits(connection, 10)

    assert [(audit.asked, audit.answered) for audit in waiting] == [
        ("one", "Hold the key. ^Bot"),
        ("three", "Hold the key. ^Bot"),
    ]


async def test_nothing_is_drawn_when_the_share_is_none(database):
    [one] = await heard(database, a_mention("one"))
    await put(database, replied(one))
    async with database.begin() as connection:
        await draw(connection, [replied(one)], 0.0)

    assert await rows(database, audits) == []


def test_about_the_share_is_drawn_and_always_the_same():
    drawn = [number for number in range(50_000) if is_drawn(number, 0.02)]

    assert 850 < len(drawn) < 1150
    assert drawn == [number for number in range(50_000) if is_drawn(number, 0.02)]


def test_a_larger_share_draws_more_and_drops_nothing():
    assert all(is_drawn(number, 0.1) for number in range(5_000) if is_drawn(number, 0.02))


@pytest.fixture
async def drawn(database):
    """The number of an automatic answer that waits to be judged."""
    [one] = await heard(database, a_mention("one"))
    await put(database, replied(one))
    async with database.begin() as connection:
        await draw(connection, [replied(one)], 1.0)
        return (await waiting_audits(connection, 1))[0].id


async def test_a_judged_answer_waits_no_more(database, drawn):
    async with database.begin() as connection:
        await judge(connection, drawn, right=False, by="Ann")
        assert await waiting_audits(connection, 10) == ()
        assert await repository.count_waiting(connection) == 0
    audit = await only_audit(database)

    assert (audit.source, audit.right, audit.judged_by) == (AuditSource.RANDOM, False, "Ann")


async def test_an_answer_is_judged_once(database, drawn):
    async with database.begin() as connection:
        await judge(connection, drawn, right=True, by="Ann")
        with pytest.raises(IllegalMove, match="faster"):
            await judge(connection, drawn, right=False, by="Ben")

    assert (await only_audit(database)).right


async def test_judged_answers_come_back_in_the_order_of_their_judgements(database, draft, ann):
    first, second = await draft(), await draft()
    for waiting in (second, first):
        async with database.begin() as connection:
            await approve_draft(connection, waiting.id, text=waiting.text, by=ann)
    async with database.begin() as connection:
        everything = await judged_answers(connection, Audience.PUBLIC)
        later = await judged_answers(connection, Audience.PUBLIC, since=everything[0].judged_at)
        private = await judged_answers(connection, Audience.PRIVATE)
    by_mention = {row.id: row.mention_id for row in await rows(database, audits)}

    assert [by_mention[answer.id] for answer in everything] == [second.mention_id, first.mention_id]
    assert (len(later), private) == (1, ())
    assert (everything[0].asked, everything[0].article_id, everything[0].right) == (
        "it is stuck",
        "reset-password",
        True,
    )


async def test_a_judged_private_answer_counts_for_private_answers_and_tells_nothing_of_public_drift(database):
    [asked] = await heard(database, a_mention("it is stuck", audience=Audience.PRIVATE))
    await put(database, replied(asked))
    async with database.begin() as connection:
        await draw(connection, [replied(asked)], 1.0)
        [waiting] = await waiting_audits(connection, 10)
        await judge(connection, waiting.id, right=False, by="Ann")
        public = await judged_answers(connection, Audience.PUBLIC)
        private = await judged_answers(connection, Audience.PRIVATE)
        drift = await repository.verdicts_since(connection, LONG_AGO)
        confidences = await repository.recent_confidences(connection, LONG_AGO, 10)

    assert (public, [answer.asked for answer in private]) == ((), ["it is stuck"])
    assert (drift, confidences) == ((), ())


async def test_only_answers_decided_and_judged_after_a_moment_tell_of_drift(database, draft, ann):
    old, new = await draft(), await draft()
    async with database.begin() as connection:
        moment = await connection.scalar(select(decisions.c.decided_at).where(decisions.c.mention_id == old.mention_id))
    for waiting in (old, new):
        async with database.begin() as connection:
            await reject_draft(connection, waiting.id, note="", by=ann)
    async with database.begin() as connection:
        since_old = await repository.verdicts_since(connection, moment)
        since_ever = await repository.verdicts_since(connection, moment - timedelta(days=1))

    assert (len(since_old), len(since_ever)) == (1, 2)
    assert (since_old[0].topic, since_old[0].confidence, since_old[0].right) == ("accounts", 0.62, False)


async def test_recent_confidences_are_those_of_answers_that_went_out_or_that_only_ops_held(database):
    texts = ("answered", "draft mode", "unsure", "handed off")
    made = await heard(database, *map(a_mention, texts))
    sure = replace(
        drafted(made[1], Reason.DRAFT_MODE), decision=a_decision(Route.DRAFT, Reason.DRAFT_MODE, confidence=0.8)
    )
    await put(database, replied(made[0]), sure, drafted(made[2]), handed(made[3]))
    async with database.begin() as connection:
        found = await repository.recent_confidences(connection, LONG_AGO, 10)
        latest = await repository.recent_confidences(connection, LONG_AGO, 1)
        none = await repository.recent_confidences(connection, datetime.now(UTC) + timedelta(days=1), 10)

    assert sorted(found) == [0.8, 0.9]
    assert (latest, none) == ((0.8,), ())


async def test_an_audit_names_the_article_and_topic_that_the_bot_would_have_answered_with(database, ann):
    [admitted] = await heard(database, a_mention("it is stuck"))
    best, second = a_candidate("wifi-drops", topic="wifi"), a_candidate("reset-password", score=0.1)
    outcome = drafted(admitted)
    await put(database, replace(outcome, decision=replace(outcome.decision, candidates=(best, second))))
    [waiting] = await rows(database, drafts)
    async with database.begin() as connection:
        await approve_draft(connection, waiting.id, text=waiting.text, by=ann)
    audit = await only_audit(database)

    assert (audit.article_id, audit.topic) == ("wifi-drops", "wifi")


async def test_what_was_read_together_is_judged_together(database):
    first, second = await heard(database, a_mention("My Book 15", root_id="9"), a_mention("is stuck", root_id="9"))
    await put(database, ignored(first), replied(second))
    async with database.begin() as connection:
        await draw(connection, [replied(second)], 1.0)
        [waiting] = await waiting_audits(connection, 10)
        await judge(connection, waiting.id, right=True, by="Ann")
        [judged] = await judged_answers(connection, Audience.PUBLIC)

    assert waiting.asked == judged.asked == second.words == "My Book 15\nis stuck"


async def test_an_erased_question_is_neither_judged_nor_counted(database):
    first, second = await heard(database, a_mention(post_id="5"), a_mention(post_id="6"))
    await put(database, replied(first), replied(second))
    async with database.begin() as connection:
        await draw(connection, [replied(first), replied(second)], 1.0)
        [_, audit] = await waiting_audits(connection, 10)
        await judge(connection, audit.id, right=True, by="Ann")
        await erase_posts(connection, "x", ["5", "6"])

        assert await waiting_audits(connection, 10) == ()
        assert await repository.count_waiting(connection) == 0
        assert await judged_answers(connection, Audience.PUBLIC) == ()


async def test_a_reply_that_the_customer_overtook_waits_for_no_judgement(database):
    [first] = await heard(database, a_mention(root_id="9"))
    await put(database, replied(first))
    async with database.begin() as connection:
        await draw(connection, [replied(first)], 1.0)
    await heard(database, a_mention(root_id="9"))

    assert await rows(database, audits) == []
