"""The page with its scripts, in a real browser: what happens shows without a reload."""

import pytest
from playwright.async_api import expect

from sandbox.post_office import PostOffice
from sandbox.state import SANDBOX
from sandbox.world import NewPost
from tests.browser import fresh_page, needs_chromium
from tests.sandbox.mails import send_case

pytestmark = needs_chromium


@pytest.fixture
async def page(web):
    """The page of the sandbox as Mara sees it, listening to every change; at the end, nothing was blocked or broken."""
    async with fresh_page() as page:
        complaints = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
        await page.goto(str(web.make_url("/?as=mara_k")))
        await expect(page.locator("#status")).to_have_text("Live")
        yield page
        assert complaints == []


async def test_a_question_and_its_answer_appear_in_one_thread(page, world):
    await page.locator("#text").fill("@TarnwellHelp why?")
    await page.locator("#text").press("Control+Enter")
    thread = page.locator(".thread").first
    await expect(thread).to_contain_text("why?")

    question = next(world.roots())
    world.post(NewPost(author="TarnwellHelp", text="Because. ^Bot", reply_to=question.id, by_app=True))

    await expect(thread.locator(".by-brand")).to_contain_text("Because.")
    await expect(page.locator("#news")).to_have_text("The brand has answered.")


async def test_a_reply_is_written_by_keyboard_alone(page, world, say):
    root = say("jon", "@TarnwellHelp why?")
    await page.locator(f"#reply-{root}").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#mode-text")).to_have_text("Replying to @jon")
    await page.keyboard.type("I wonder too")
    await page.keyboard.press("Control+Enter")

    await expect(page.locator(f"#thread-{root} .replies")).to_contain_text("I wonder too")
    assert [reply.body for reply in world.replies(world.get(root))] == ["I wonder too"]


async def test_a_quote_shows_what_it_quotes_before_and_after_it_is_posted(page, say):
    root = say("jon", "the words of Jon")
    await page.locator(f"#quote-{root}").click()
    await expect(page.locator("#quoting")).to_contain_text("the words of Jon")
    await page.locator("#text").fill("look at this")
    await page.get_by_role("button", name="Post", exact=True).click()

    await expect(page.locator(".thread").first.locator(".quoted")).to_contain_text("the words of Jon")
    await expect(page.locator("#quoting")).to_be_empty()


async def test_a_card_notices_that_its_post_was_deleted(page, world, say):
    root = say("jon", "old words")
    say("mara_k", "look", quote_of=root)
    await expect(page.locator(".quoted")).to_have_count(1)
    world.delete(root)
    await expect(page.locator(".quoted")).to_have_text("The quoted post was deleted.")


async def test_messages_go_to_and_fro_without_a_reload(page, world):
    await page.locator("#message").fill("my number is 4417")
    await page.locator("#message").press("Enter")
    await expect(page.locator(".talk .mine")).to_contain_text("4417")
    await expect(page.locator("#message")).to_have_value("")

    world.send("TarnwellHelp", "mara_k", "Thank you.", by_app=True)

    await expect(page.locator(".talk .theirs")).to_contain_text("Thank you.")


async def test_a_refused_message_stays_in_its_field_beside_the_reason(page, world):
    await page.get_by_role("button", name="Block the brand").click()
    await expect(page.locator("#account")).to_contain_text("blocks the brand")
    await page.locator("#message").fill("keep me")
    await page.locator("#message").press("Enter")
    await expect(page.locator("#message-error")).to_contain_text("unblock the account")
    await expect(page.locator("#message")).to_have_value("keep me")


async def test_weather_is_armed_and_cleared_by_a_click(page):
    front = page.get_by_role("button", name="Out of credits")
    await front.click()
    await expect(front).to_contain_text("3 still to come")
    await page.get_by_role("button", name="Clear all").click()
    await expect(page.locator("#sky")).to_contain_text("All clear")


async def test_late_indexing_holds_for_one_post(page, world):
    await page.get_by_text("Late indexing").click()
    for text in ("late", "in time"):
        await page.locator("#text").fill(text)
        await page.locator("#text").press("Control+Enter")
        await expect(page.locator("#text")).to_have_value("@TarnwellHelp ")
    found = {post.body: world.is_indexed(post) for post in world.roots()}
    assert found == {"late": False, "in time": True}


async def test_what_was_unfolded_stays_so_when_its_thread_changes(page, world, say):
    root = say("jon", "first words")
    world.edit(root, "second words")
    await page.locator(f"#versions-{root} summary").click()
    say("mara_k", "I saw that", reply_to=root)
    await expect(page.locator(f"#thread-{root}")).to_contain_text("I saw that")
    await expect(page.get_by_text("first words")).to_be_visible()


async def test_a_mail_shows_when_it_comes_and_its_answer_goes_out(page, web):
    desk = web.app[SANDBOX].post_office
    await send_case(desk.port)
    await expect(page.locator("#places")).to_contain_text("1")
    await page.locator("#places").get_by_role("link", name="Mail").click()
    await expect(page.locator("#subject")).to_have_text("[H7K-2QF-9] A screen that stays black")
    async with (heed := PostOffice()).open():
        desk.send_replies_to("127.0.0.1", heed.port)
        await page.locator("#text").fill("A courier comes.")
        await page.get_by_role("button", name="Answer & resolve").click()
        await expect(page.locator("#answers")).to_contain_text("A courier comes.")
    assert heed.mails()[0].text.startswith("#resolved")


async def test_another_mail_leaves_what_is_being_typed_where_it_is(page, web):
    desk = web.app[SANDBOX].post_office
    await send_case(desk.port)
    await page.goto(str(web.make_url("/mail?as=mara_k")))
    await expect(page.locator("#status")).to_have_text("Live")
    await page.locator("#text").fill("half a sent")
    await send_case(desk.port, subject="the second case")
    await expect(page.locator("#mails")).to_contain_text("the second case")
    await expect(page.locator("#text")).to_have_value("half a sent")
    await expect(page.locator("#subject")).to_have_text("[H7K-2QF-9] A screen that stays black")
