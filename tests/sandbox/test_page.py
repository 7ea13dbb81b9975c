"""The page: what a visitor sees and sends, with and without JavaScript."""

import re

import pytest

from sandbox.page.wording import initials, pieces
from sandbox.world import NewPost

QUIETLY = {"Accept": "text/plain"}


@pytest.fixture
def bot(world):
    """Publishes a reply the way the brand's bot does."""

    def reply(text, **references):
        return world.post(NewPost(author=world.brand.handle, text=text, by_app=True, **references)).id

    return reply


async def shown(web, path="/?as=mara_k"):
    answer = await web.get(path)
    assert answer.status == 200
    return await answer.text()


def words_of(markup):
    """What a reader sees of some markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


async def test_a_post_sent_by_form_stands_on_the_page(web):
    answer = await web.post("/posts", data={"as": "mara_k", "text": "@TarnwellHelp why?"})
    assert "as=mara_k" in str(answer.url)
    assert 'marked">@TarnwellHelp</span> why?' in await answer.text()


async def test_a_reply_a_quote_and_an_edit_sent_by_form_reach_their_post(web, world, say):
    root = say("mara_k", "@TarnwellHelp why?")
    await web.post("/posts", data={"as": "jon", "text": "same", "reply_to": root})
    await web.post("/posts", data={"as": "jon", "text": "look", "quote_of": root})
    await web.post("/posts", data={"as": "mara_k", "text": "@TarnwellHelp how?", "edit_of": root})
    assert world.latest(root).body == "@TarnwellHelp how?"
    assert [reply.body for reply in world.replies(world.get(root))] == ["same"]
    assert next(world.roots()).quote_of == root


async def test_the_lines_of_a_post_end_as_the_counter_weighs_them(web, world):
    await web.post("/posts", data={"as": "mara_k", "text": "one\r\ntwo"})
    assert next(world.roots()).body == "one\ntwo"


async def test_a_form_that_is_refused_keeps_what_was_typed(web):
    answer = await web.post("/posts", data={"as": "mara k", "text": "@TarnwellHelp keep me"})
    assert answer.status == 400
    page = await answer.text()
    assert "is no handle" in page
    assert "@TarnwellHelp keep me</textarea>" in page


async def test_a_reply_to_a_post_that_is_gone_is_refused_rather_than_published_alone(web, world, say):
    root = say("mara_k", "oops")
    world.delete(root)
    answer = await web.post("/posts", data={"as": "jon", "text": "same", "reply_to": root})
    assert answer.status == 400
    assert not [post for post in world.roots() if post.author.handle == "jon"]


async def test_a_script_gets_no_page_but_only_what_was_refused(web):
    done = await web.post("/posts", data={"as": "mara_k", "text": "hello"}, headers=QUIETLY)
    assert (done.status, await done.text()) == (204, "")
    refused = await web.post("/posts", data={"as": "mara_k", "text": " "}, headers=QUIETLY)
    assert (refused.status, await refused.text()) == (400, "Write something: a post needs a text.")


async def test_a_post_is_deleted_by_form(web, world, say):
    root = say("mara_k", "oops")
    await web.post(f"/posts/{root}/delete", data={"as": "mara_k"})
    assert world.find(root) is None
    assert (await web.post(f"/posts/{root}/delete", data={"as": "mara_k"})).status == 404


async def test_a_repost_shows_the_original_and_goes_when_it_is_undone(web, world, say):
    root = say("mara_k", "@TarnwellHelp why?")
    page = await (await web.post(f"/posts/{root}/repost", data={"as": "jon"})).text()
    assert "Jon reposted" in words_of(page)
    repost = next(world.roots())
    await web.post(f"/posts/{repost.id}/delete", data={"as": "jon"})
    assert "reposted" not in await shown(web, "/?as=jon")


async def test_a_quoted_post_stands_in_a_card_until_it_is_deleted(web, world, say):
    root = say("mara_k", "the quoted words")
    world.post(NewPost(author="jon", text="look", quote_of=root))
    thread = next(world.roots()).id
    assert "the quoted words" in await shown(web, f"/threads/{thread}")
    world.delete(root)
    page = await shown(web, f"/threads/{thread}")
    assert "The quoted post was deleted." in page
    assert "the quoted words" not in page


async def test_an_edited_post_shows_its_older_versions(web, world, say):
    root = say("mara_k", "first words")
    world.edit(world.edit(root, "second words").id, "third words")
    page = words_of(await shown(web, f"/threads/{root}"))
    assert page.index("third words") < page.index("Edited 2 times")
    assert page.index("second words") < page.index("first words")


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


async def test_the_brand_is_labelled_automated_or_written_by_a_person(web, bot, say):
    root = say("mara_k", "@TarnwellHelp why?")
    assert "Automated" not in await shown(web)
    bot("Bot: because", reply_to=root)
    assert "Automated" in await shown(web)
    say("TarnwellHelp", "Hello from a person ^AB")
    assert "Written by a person" in await shown(web)


async def test_a_late_post_is_marked_until_it_is_indexed(web, world):
    await web.post("/posts", data={"as": "mara_k", "text": "@TarnwellHelp why?", "late": "1"})
    post = next(world.roots())
    assert not world.is_indexed(post)
    assert "not indexed yet" in await shown(web)
    await web.post(f"/posts/{post.id}/index", data={"as": "mara_k"})
    assert world.is_indexed(post)
    assert "not indexed yet" not in await shown(web)


async def test_a_message_is_seen_by_the_customer_and_the_brand_and_by_nobody_else(web, world):
    await web.post("/messages", data={"as": "mara_k", "with": "TarnwellHelp", "message": "my number is 4417"})
    world.send("TarnwellHelp", "mara_k", "thank you", by_app=True)
    talk = words_of(await shown(web, "/panels/talk?as=mara_k"))
    assert "4417" in talk
    assert "thank you Automated" in talk
    assert "4417" in await shown(web, "/?as=TarnwellHelp&with=mara_k")
    assert "4417" not in await shown(web, "/?as=jon")


async def test_the_brands_people_answer_the_conversation_that_they_choose(web, world):
    world.send("mara_k", "TarnwellHelp", "hello?")
    world.send("jon", "TarnwellHelp", "anybody?")
    page = await shown(web, "/?as=TarnwellHelp")
    assert page.index("with=jon#messages") < page.index("with=mara_k#messages")
    await web.post("/messages", data={"as": "TarnwellHelp", "with": "mara_k", "message": "Hi, Ana here ^AN"})
    assert "Ana here" in await shown(web, "/panels/talk?as=mara_k")


async def test_a_refused_message_keeps_what_was_typed(web, world):
    world.block("mara_k", "TarnwellHelp")
    letter = {"as": "mara_k", "with": "TarnwellHelp", "message": "keep me"}
    answer = await web.post("/messages", data=letter)
    assert answer.status == 400
    page = await answer.text()
    assert "You block @TarnwellHelp; unblock the account to write to it." in page
    assert "keep me</textarea>" in page


async def test_nobody_writes_to_somebody_who_blocks_them(web, world):
    world.block("mara_k", "TarnwellHelp")
    answer = await web.post("/messages", data={"as": "TarnwellHelp", "with": "mara_k", "message": "Hi"})
    assert answer.status == 400
    assert not world.messages_of(world.brand.id)


@pytest.mark.parametrize(("path", "badge"), [("/block", "blocks the brand"), ("/protect", "protected")])
async def test_a_customer_blocks_the_brand_or_hides_and_thinks_better_of_it(web, say, path, badge):
    thread = say("mara_k", "hello")
    await web.post(path, data={"as": "mara_k", "on": "1"})
    assert badge in words_of(await shown(web, f"/threads/{thread}"))
    await web.post(path, data={"as": "mara_k"})
    assert badge not in words_of(await shown(web, f"/threads/{thread}"))


async def test_the_brand_cannot_block_itself(web):
    answer = await web.post("/block", data={"as": "TarnwellHelp", "on": "1"})
    assert answer.status == 400


@pytest.mark.parametrize(
    ("front", "kind"), [("rate-limit", "rate_limit"), ("credits", "credits"), ("outage", "status"), ("lost", "lost")]
)
async def test_one_click_arms_a_fault_and_the_panel_counts_what_is_left(web, front, kind):
    await web.post("/weather", data={"as": "mara_k", "front": front})
    armed = (await (await web.get("/sandbox/faults")).json())["faults"]
    assert [fault["kind"] for fault in armed] == [kind]
    assert f"{armed[0]['times']} still to come" in words_of(await shown(web, "/panels/weather"))


async def test_all_weather_is_cleared_at_once_and_faults_armed_elsewhere_too(web):
    await web.post("/weather", data={"front": "lost"})
    await web.post("/sandbox/faults", json={"kind": "latency", "times": 2})
    assert "latency · * /2/ · 2 times" in words_of(await shown(web, "/panels/weather"))
    await web.post("/weather/clear")
    assert "All clear" in await shown(web, "/panels/weather")
    assert (await (await web.get("/sandbox/faults")).json())["faults"] == []


async def test_the_panel_counts_the_calls_of_the_api(web, x):
    assert "0 API calls" in words_of(await shown(web, "/panels/weather"))
    await x.get_me()
    await x.get_me()
    panel = words_of(await shown(web, "/panels/weather"))
    assert "2 API calls 0 over a limit" in panel
    assert "GET /2/users/me 2" in panel


async def test_weather_that_does_not_exist_is_refused(web):
    answer = await web.post("/weather", data={"front": "frogs"}, headers=QUIETLY)
    assert answer.status == 400
    assert "choose one of rate-limit, credits, outage, lost" in await answer.text()


@pytest.mark.parametrize("where", ["text", "name", "quote", "message"])
async def test_markup_is_shown_and_never_run(web, world, say, where):
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    root = say("mara_k", evil if where in {"text", "quote"} else "hello")
    if where == "name":
        world.accounts.open("mara_k", name=evil)
        root = say("mara_k", "hello")
    if where == "quote":
        root = say("jon", "look", quote_of=root)
    if where == "message":
        world.send("mara_k", "TarnwellHelp", evil)
    part = "/panels/talk?as=mara_k" if where == "message" else f"/threads/{root}?as=mara_k"
    for page in (await shown(web), await shown(web, part)):
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("path", ["/?as=%22%3E%3Cscript%3E", "/?reply_to=%3Cb%3E&edit_of='", "/?with=%3Cb%3E&shown=-1"])
async def test_markup_in_the_address_goes_nowhere(web, path):
    page = await shown(web, path)
    assert "<script>" not in page
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


async def test_what_the_page_needs_is_served(web):
    page = await shown(web)
    files = set(re.findall(r"/static/[a-z.]+", page))
    assert {"/static/sandbox.css", "/static/sandbox.js", "/static/icons.svg"} <= files
    for file in files:
        assert (await web.get(file)).status == 200, file


async def test_every_sign_on_the_page_is_drawn(web, world, bot, say):
    world.post(NewPost(author="mara_k", text="hello", late=True))
    world.protect("mara_k")
    world.block("mara_k", "TarnwellHelp")
    drawn = set(re.findall(r'id="([a-z-]+)"', await shown(web, "/static/icons.svg")))
    assert set(re.findall(r"icons\.svg#([a-z-]+)", await shown(web))) <= drawn


async def test_a_thread_that_is_gone_is_not_found(web, world, say):
    root = say("mara_k", "oops")
    world.delete(root)
    assert (await web.get(f"/threads/{root}")).status == 404
    assert (await web.get("/threads/12")).status == 404


async def test_the_composer_opens_as_reply_quote_or_edit_without_javascript(web, say):
    root = say("mara_k", "@TarnwellHelp why?")
    assert "Replying to @mara_k" in await shown(web, f"/?as=jon&reply_to={root}")
    assert "Quoting @mara_k" in await shown(web, f"/?as=jon&quote_of={root}")
    editing = await shown(web, f"/?as=mara_k&edit_of={root}")
    assert "Editing your post" in editing
    assert "@TarnwellHelp why?</textarea>" in editing


async def test_an_idea_stands_in_the_composer_without_javascript(web):
    link = re.search(r'class="idea" href="([^"]+)"', await shown(web))[1]
    assert "@TarnwellHelp my Book 13 will not wake up" in await shown(web, link.replace("&amp;", "&"))


async def test_an_invented_customer_can_be_played_at_once(web):
    assert "Someone New" in await shown(web, "/?as=@someone_new")


async def test_the_page_suggests_a_customer_whom_nobody_plays_yet(web, world):
    suggested = re.search(r'href="/\?as=(\w+)"><span class="avatar small new"', await shown(web))[1]
    assert world.accounts.named(suggested) is None
    assert 'class="avatar small new" aria-hidden="true"' in await shown(web, f"/?as={suggested}")
    assert world.accounts.named(suggested)


async def test_older_threads_are_one_link_away(web, say):
    for number in range(51):
        say("mara_k", f"post {number}.")
    page = await shown(web)
    assert "post 0." not in page
    older = re.search(r'href="([^"]+)">Show older threads', page)[1]
    assert "post 0." in await shown(web, older.replace("&amp;", "&"))


def test_a_text_is_cut_at_its_mentions_links_and_hashtags():
    assert pieces("hi @jon, mail a@b.c") == [("hi ", False), ("@jon", True), (", mail a@b.c", False)]
    assert pieces("#on https://a.example/b c") == [
        ("#on", True),
        (" ", False),
        ("https://a.example/b", True),
        (" c", False),
    ]
    assert pieces("") == []


def test_initials_are_of_the_first_and_the_last_name(world):
    names = {"Mara": "M", "Jon Weber": "JW", "Ana de la Cruz": "AC"}
    assert {name: initials(world.accounts.open("x", name=name)) for name in names} == names
