"""The page: what a visitor sees and sends, with and without JavaScript."""

import pytest

from sandbox.page import initials, pieces
from sandbox.world import NewPost


async def shown(web, path="/?as=mara_k"):
    answer = await web.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_a_post_sent_by_form_stands_on_the_page(web):
    form = {"author": "mara_k", "text": "@TarnwellHelp why?"}
    answer = await web.post("/posts", data=form)
    assert str(answer.url).split("#")[0].endswith("/?as=mara_k")
    assert 'mention">@TarnwellHelp</span> why?' in await answer.text()


async def test_a_reply_and_an_edit_sent_by_form_reach_their_post(web, world, say):
    root = say("mara_k", "@TarnwellHelp why?")
    await web.post("/posts", data={"author": "jon", "text": "same", "reply_to": root})
    await web.post("/posts", data={"author": "mara_k", "text": "@TarnwellHelp how?", "edit_of": root})
    assert world.latest(root).body == "@TarnwellHelp how?"
    assert [reply.body for reply in world.replies(world.get(root))] == ["same"]
    assert "edited" in await shown(web)


async def test_a_form_that_is_refused_keeps_what_was_typed(web):
    answer = await web.post("/posts", data={"author": "mara k", "text": "@TarnwellHelp keep me"})
    assert answer.status == 400
    page = await answer.text()
    assert "is no handle" in page
    assert "@TarnwellHelp keep me</textarea>" in page


async def test_a_post_is_deleted_by_form(web, world, say):
    root = say("mara_k", "oops")
    await web.post(f"/posts/{root}/delete")
    assert world.find(root) is None
    assert (await web.post(f"/posts/{root}/delete")).status == 404


async def test_a_deleted_post_with_replies_leaves_a_gap(web, world, say):
    root = say("mara_k", "secret words")
    say("jon", "what?", reply_to=root)
    world.delete(root)
    page = await shown(web)
    assert "This post was deleted." in page
    assert "secret words" not in page


async def test_only_the_own_posts_offer_edit_and_delete(web, say):
    say("mara_k", "mine")
    assert "data-edit=" in await shown(web, "/?as=mara_k")
    assert "data-edit=" not in await shown(web, "/?as=jon")


async def test_the_brand_is_labelled_automated_or_written_by_a_person(web, world, say):
    root = say("mara_k", "@TarnwellHelp why?")
    assert "Automated" not in await shown(web)
    world.post(NewPost(author="TarnwellHelp", text="Bot: because", reply_to=root, by_app=True))
    assert "Automated" in await shown(web)
    say("TarnwellHelp", "Hello from a person ^AB")
    assert "Written by a person" in await shown(web)


@pytest.mark.parametrize("where", ["text", "name", "quote"])
async def test_markup_in_a_post_is_shown_and_never_run(web, world, say, where):
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    root = say("mara_k", evil if where != "name" else "hello")
    if where == "name":
        world.accounts.open("jon", name=evil)
        say("jon", "hi", reply_to=root)
    if where == "quote":
        say("jon", "look", quote_of=root)
    for page in (await shown(web), await shown(web, f"/threads/{root}?as=mara_k")):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("path", ["/?as=%22%3E%3Cscript%3E", "/?reply_to=%3Cb%3E&edit_of='"])
async def test_markup_in_the_address_goes_nowhere(web, path):
    page = await shown(web, path)
    assert "<script>" not in page.replace("<script src", "")
    assert "<b>" not in page


async def test_nothing_may_come_from_outside(web):
    answer = await web.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = await answer.text()
    assert "http://" not in page
    assert "https://" not in page
    assert "style=" not in page
    assert "onclick" not in page


@pytest.mark.parametrize("file", ["sandbox.css", "sandbox.js", "icon.svg"])
async def test_what_the_page_needs_is_served(web, file):
    assert (await web.get(f"/static/{file}")).status == 200


async def test_a_thread_that_is_gone_is_not_found(web, world, say):
    root = say("mara_k", "oops")
    world.delete(root)
    assert (await web.get(f"/threads/{root}")).status == 404
    assert (await web.get("/threads/12")).status == 404


async def test_the_composer_opens_as_reply_or_edit_without_javascript(web, say):
    root = say("mara_k", "@TarnwellHelp why?")
    assert "Replying to @mara_k" in await shown(web, f"/?as=jon&reply_to={root}")
    editing = await shown(web, f"/?as=mara_k&edit_of={root}")
    assert "Editing your post" in editing
    assert "@TarnwellHelp why?</textarea>" in editing


async def test_an_invented_customer_can_be_played_at_once(web):
    assert "Someone New" in await shown(web, "/?as=@someone_new")


def test_a_text_is_cut_at_its_mentions():
    assert pieces("hi @jon, mail a@b.c") == [("hi ", False), ("@jon", True), (", mail a@b.c", False)]


def test_initials_are_of_the_first_and_the_last_name(world):
    names = {"Mara": "M", "Jon Weber": "JW", "Ana de la Cruz": "AC"}
    assert {name: initials(world.accounts.open("x", name=name)) for name in names} == names
