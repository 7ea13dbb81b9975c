"""The page on which people see what is certified, and judge what the bot answered alone."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import insert, select

from bot.deciding.certificate import Audit, Target
from bot.deciding.certification import Bin, certify_all
from bot.settings import DecidingSettings
from bot.vocabulary import Audience
from console.reliability import SIDE, draw_reliability
from storage.certificates import demote, put_certificate, revoke
from storage.tables import audits, decisions
from tests.console.rows import mention_of, put_conversation, put_decision, put_reply, rows_of

FIVE = Target(max_wrong=0.05, certainty=0.95)


def judged(topic, confidence, *, right, wrong=0):
    return [Audit(confidence=confidence, right=n >= wrong, topic=topic) for n in range(right + wrong)]


MIXED = [
    *judged("wifi", 0.92, right=150),
    *judged("sound", 0.92, right=20),
    *judged("repairs", 0.92, right=4, wrong=3),
    *judged("keyboard", 0.7, right=90),
    *judged("setup", 0.8, right=0, wrong=30),
]


async def certified(database, sample=MIXED, private=()):
    found = certify_all({Audience.PUBLIC: sample, Audience.PRIVATE: private}, FIVE)
    async with database.begin() as connection:
        return await put_certificate(connection, "f1", found.to_document())


async def put_waiting(database, text="My wifi drops after sleep", *, answered="Update the driver. ^Bot"):
    """Put an automatic answer before people and give the audit's number."""
    conversation_id = await put_conversation(database, text)
    await put_decision(database, conversation_id, "answer", reasons=["confident"])
    await put_reply(database, conversation_id, answered, state="sent")
    mention = await mention_of(database, conversation_id)
    async with database.begin() as connection:
        decided = await connection.scalar(select(decisions.c.id).where(decisions.c.mention_id == mention.id))
        drawn = insert(audits).values(
            mention_id=mention.id,
            decision_id=decided,
            article_id="wifi-drops",
            topic="wifi",
            confidence=0.93,
            source="random",
        )
        return await connection.scalar(drawn.returning(audits.c.id))


async def shown(browser):
    ann = await browser()
    answer = await ann.get("/certificate")
    assert answer.status == 200
    return " ".join(re.sub(r"<[^>]+>", " ", await answer.text()).split())


def row_of(page, topic):
    return re.search(rf"{topic} (answer alone|draft only)( as all)? ?[^A-Z]*", page)[0]


async def test_before_any_training_the_page_says_what_to_do(browser):
    page = await shown(browser)

    assert "Nothing is certified yet" in page
    assert "heed train" in page


async def test_a_certificate_is_shown_with_what_it_rests_on(browser, database):
    await certified(database)
    page = await shown(browser)

    assert "Certified: at most 5% wrong, 95% sure" in page
    assert "3 of 177 audited answers were wrong" in page
    assert "297 from the file of audits" in page


async def test_each_topic_shows_its_state_its_counts_and_what_is_missing(browser, database):
    await certified(database)
    page = await shown(browser)

    assert row_of(page, "Sound").startswith("Sound answer alone 92% as all 20 0")
    assert "39 more needed" in row_of(page, "Sound")
    assert row_of(page, "Keyboard").startswith("Keyboard answer alone 70% 90 0")
    assert row_of(page, "Repairs").startswith("Repairs draft only – 7 3")


async def test_what_is_missing_is_said_where_nothing_can_be_certified(browser, database):
    await certified(database, judged("wifi", 0.9, right=20))
    page = await shown(browser)

    assert "Not certifiable yet" in page
    assert "39 more audited answers needed" in page


async def test_private_messages_are_certified_apart(browser, database):
    await certified(database)

    assert "Private messages Not certifiable yet: 59 more audited answers needed" in await shown(browser)


async def test_private_answers_show_their_own_threshold_counts_and_topics(browser, database):
    await certified(database, private=judged("docking", 0.8, right=100, wrong=1))
    page = await shown(browser)

    assert "Certified from 80% : 1 of 101 audited private answers were wrong" in page
    assert "0 answers that people judged and 101 from the file of private audits" in page
    assert row_of(page, "Docking").startswith("Docking answer alone 80% as all 101 1")
    assert "Without Rasa nothing is answered alone in private" in page


async def test_a_public_topic_that_is_demoted_is_not_shown_as_demoted_in_private(browser, database):
    number = await certified(database, private=judged("sound", 0.8, right=100))
    async with database.begin() as connection:
        await demote(connection, number, {"sound"})
    privately = (await shown(browser)).partition("Private messages")[2]

    assert row_of(privately, "Sound").startswith("Sound answer alone 80%")


async def test_a_revocation_is_said_of_private_answers_too(browser, database):
    number = await certified(database, private=judged("docking", 0.8, right=100))
    async with database.begin() as connection:
        await revoke(connection, number, "Too many were wrong.")

    assert "Revoked with the certificate : a person sees every private answer first" in await shown(browser)


async def test_a_revoked_certificate_says_why_and_nothing_is_answered_alone(browser, database):
    number = await certified(database)
    async with database.begin() as connection:
        await revoke(connection, number, "Too many were wrong.")
    page = await shown(browser)

    assert "The certificate is revoked" in page
    assert "Too many were wrong." in page
    assert "answer alone" not in page


async def test_a_demoted_topic_is_shown_as_draft_only(browser, database):
    number = await certified(database)
    async with database.begin() as connection:
        await demote(connection, number, {"sound"})
    page = await shown(browser)

    assert row_of(page, "Sound").startswith("Sound draft only –")
    assert row_of(page, "Wifi").startswith("Wifi answer alone")


async def test_draft_mode_is_said_beside_the_certificate(browser, database):
    await certified(database)

    assert DecidingSettings().mode == "draft"
    assert "Draft mode: nothing goes out alone" in await shown(browser)


async def test_a_drawn_answer_is_shown_with_what_was_asked(browser, database):
    await put_waiting(database, "why <b>does</b> it drop", answered="Update it. ^Bot")
    ann = await browser()
    page = await (await ann.get("/certificate")).text()

    assert "why &lt;b&gt;does&lt;/b&gt; it drop" in page
    assert "Update it. ^Bot" in page


@pytest.mark.parametrize(("verdict", "right"), [("1", True), ("0", False)])
async def test_a_judgement_is_written_down_in_the_name_of_the_agent(browser, database, verdict, right):
    number = await put_waiting(database)
    ann = await browser()
    answer = await ann.send(f"/audits/{number}/judge", right=verdict)
    [audit] = await rows_of(database, audits)

    assert (answer.status, answer.headers["Location"]) == (303, "/certificate?done=judged")
    assert (audit.right, audit.judged_by) == (right, "Ann")
    assert "Nothing waits to be judged" in await (await ann.get("/certificate")).text()


async def test_of_two_agents_who_judge_the_second_is_told(browser, database):
    number = await put_waiting(database)
    ann, ben = await browser(), await browser("Ben", "BE")
    await ann.send(f"/audits/{number}/judge", right="1")
    answer = await ben.send(f"/audits/{number}/judge", right="0")

    assert answer.status == 409
    assert (await rows_of(database, audits))[0].judged_by == "Ann"


async def test_a_judgement_without_a_verdict_is_refused(browser, database):
    number = await put_waiting(database)
    ann = await browser()

    assert (await ann.send(f"/audits/{number}/judge", right="perhaps")).status == 400
    assert (await rows_of(database, audits))[0].right is None


async def test_a_judgement_from_elsewhere_is_refused(browser, database):
    number = await put_waiting(database)
    ann = await browser()
    forged = await ann.client.post(f"/audits/{number}/judge", data={"right": "1", "csrf": "x"}, allow_redirects=False)

    assert forged.status == 403
    assert (await rows_of(database, audits))[0].right is None


async def test_the_reliability_of_the_confidence_is_drawn_and_told_in_words(browser, database):
    await certified(database)
    ann = await browser()
    page = await (await ann.get("/certificate")).text()

    assert page.count('class="point"') == 3
    assert "said 92%, right 98%: 174 of 177" in page


def test_a_point_lies_where_confidence_and_truth_meet():
    [point] = draw_reliability((Bin(confidence=0.75, answers=40, right=30),), 0.95)

    assert (point.x, point.y) == (0.75 * SIDE, 0.25 * SIDE)
    assert 0 < point.top < point.y < point.bottom < SIDE


def test_more_answers_make_a_larger_point_and_a_shorter_interval():
    few, many = draw_reliability(
        (Bin(confidence=0.2, answers=10, right=5), Bin(confidence=0.9, answers=100, right=50)), 0.95
    )

    assert many.radius > few.radius
    assert many.bottom - many.top < few.bottom - few.top
