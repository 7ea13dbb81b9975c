"""Edge cases where a person matters more than an answer. Numbers as in docs/reference/edge-cases.md."""

from sqlalchemy import text

from bot.cli.privacy import erase_all
from bot.vocabulary import Reason, Route
from sandbox.timeline import Span
from storage.tables import decisions, mentions, opt_outs
from tests.acceptance.stage import CLEAR, IRATE, serving, until

UNMISTAKABLE = "My cat Mephisto keeps hitting them."


async def test_case_20_an_angry_customer_with_an_easy_question_gets_a_person(stage, brain):
    async with serving(stage, brain):
        post = stage.say(f"{CLEAR} I have asked FOUR times, this is a disgrace, you useless idiots 😡😡")
        course = await stage.course(post)

    assert course.route is Route.HANDOFF
    assert stage.answers(post) == []


async def test_case_22_a_danger_goes_to_a_person_first_and_gets_no_automatic_text(stage, brain):
    async with serving(stage, brain):
        burning = stage.say("@TarnwellHelp my Book 15 battery is swelling and smoking, it burned my hand")
        annoyed = stage.say(IRATE, author="jon_weber")
        danger, anger = await stage.decision(burning), await stage.decision(annoyed)

    assert danger.reasons[0] == Reason.SAFETY
    assert danger.priority > anger.priority
    assert stage.answers(burning) == []


async def test_case_23_a_card_and_a_phone_number_are_masked_before_they_are_stored(stage, brain):
    said = "@TarnwellHelp charge 4111 1111 1111 1111 again or call me on +49 30 901820, order TN-204518"
    async with serving(stage, brain):
        post = stage.say(said)
        decision = await stage.decision(post)
        [mention] = await stage.all(mentions)

    assert not any(secret in mention.text + str(decision.understanding) for secret in ("4111", "901820"))
    assert "TN-204518" in mention.text
    assert set(mention.masked) == {"card", "phone"}


async def test_case_24_stop_in_any_language_ends_automatic_replies_and_is_answered_by_silence(stage, brain):
    async with serving(stage, brain):
        for number, word in enumerate(("STOP", "parar", "Stopp!")):
            author = f"customer_{number}"
            stop = stage.say(f"@TarnwellHelp {word}", author=author)
            assert (await stage.decision(stop)).reasons == [Reason.OPTED_OUT], word
            later = stage.say(CLEAR, author=author)
            assert (await stage.decision(later)).reasons == [Reason.OPTED_OUT], word
        assert len(await stage.all(opt_outs)) == 3

    assert stage.world.published(stage.world.brand.id, Span(limit=10)).ids == ()


async def test_case_41_what_a_customer_wants_deleted_is_gone_everywhere_and_its_decision_stays(stage, brain):
    async with serving(stage, brain):
        post = stage.say(f"{CLEAR} {UNMISTAKABLE}")
        await until(stage.receipts)
        assert (await erase_all(stage.database, posts=[post])).posts == 1
        [mention] = await stage.all(mentions)
        [decision] = await stage.all(decisions)
        held = await _everything(stage)

    assert mention.text == ""
    assert len(mention.text_hash) == 32
    assert decision.route == Route.ANSWER
    assert UNMISTAKABLE not in held
    assert "mara_k" not in held


async def test_case_41_what_is_deleted_on_x_is_erased_by_the_daily_look(stage, brain):
    async with serving(stage, brain) as running:
        post = stage.say(CLEAR)
        await until(stage.receipts)
        stage.world.delete(post)
        await running.workshop.recheck()
        [mention] = await stage.all(mentions)

    assert mention.erased_at is not None


async def _everything(stage):
    """Give all that every table of the database holds, as one text."""
    async with stage.database.begin() as connection:
        tables = await connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        rows = [await connection.scalars(text(f"select t::text from {table} t")) for table in tables.all()]  # noqa: S608 - names of our own tables
        return "\n".join(row for found in rows for row in found)
