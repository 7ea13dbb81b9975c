"""What people see, in a real browser: a customer's post is answered on the page, an agent approves a draft."""

import re
import shutil
from dataclasses import replace

import pytest
from playwright.async_api import async_playwright, expect

from storage.agents import Role, ensure_agent
from tests.acceptance.stage import CLEAR, PATIENCE_SECONDS, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = PATIENCE_SECONDS * 1000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; install Debian's package chromium")


@pytest.fixture
async def page():
    """A page of a fresh browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        try:
            yield await browser.new_page()
        finally:
            await browser.close()


async def test_a_post_on_the_sandbox_page_gets_the_bots_reply_on_that_page(stage, brain, page):
    async with serving(stage, brain):
        await page.goto(stage.url)
        await page.locator("textarea").first.fill(CLEAR)
        await page.get_by_role("button", name="Post").first.click()

        await expect(page.get_by_text("^Bot")).to_be_visible(timeout=PATIENCE)


async def test_an_agent_approves_a_draft_and_the_customer_sees_it(stage, brain, page):
    shy = replace(brain, limits=replace(brain.limits, alone=False))
    async with stage.database.begin() as connection:
        await ensure_agent(connection, "ana", "AN", Role.AGENT, "a long enough password")
    async with serving(stage, shy) as running:
        post = stage.say(CLEAR)
        await stage.course(post)
        await page.goto(running.url + "/login")
        await page.locator("input[name=name]").fill("ana")
        await page.locator("input[name=password]").fill("a long enough password")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/queue*")
        await page.goto(running.url + "/queue?view=drafts")
        await page.locator("a[href*='/conversations/']").first.click()
        await page.get_by_role("button", name=re.compile("^Approve")).first.click()
        await page.goto(stage.url)

        await expect(page.get_by_text("^Bot")).to_be_visible(timeout=PATIENCE)
