"""Texts as the API gives them: escaped, with short links, and with what stands where."""

import pytest

from sandbox.wording import worded

FIELDS = ["entities", "note_tweet", "display_text_range"]


async def read(x, number):
    return (await x.get_tweet(number, tweet_fields=FIELDS, user_auth=True)).data.data


async def test_a_link_is_shortened_and_its_address_stands_in_the_entities(x, say):
    post = await read(x, say("mara_k", "R&D says https://www.tarnwell.example/help/wi-fi?x=1&y=2. True?"))
    link = post["entities"]["urls"][0]
    assert post["text"] == f"R&amp;D says {link['url']}. True?"
    assert len(link["url"]) == 23
    assert post["text"][link["start"] : link["end"]] == link["url"]
    assert link["expanded_url"] == "https://www.tarnwell.example/help/wi-fi?x=1&y=2"
    assert link["display_url"] == "tarnwell.example/help/wi-f…"


async def test_what_the_brand_publishes_has_short_links_too(x):
    created = (await x.create_tweet(text="See https://tarnwell.example/help")).data
    assert created["text"].startswith("See https://t.co/")


def test_the_same_address_has_the_same_short_link():
    first, second = worded("https://a.example/x and https://a.example/x").links
    assert first.short == second.short


@pytest.mark.parametrize("text", ["see tarnwell.example", "mailto@https://x", "https://", "$https://a.example"])
def test_what_is_no_link_is_left_alone(text):
    assert worded(text).links == ()


async def test_hashtags_and_cashtags_stand_in_the_entities(x, say):
    post = await read(x, say("mara_k", "#Book13 &#38; #12 of $TARN"))
    assert [tag["tag"] for tag in post["entities"]["hashtags"]] == ["Book13"]
    assert [tag["tag"] for tag in post["entities"]["cashtags"]] == ["TARN"]
    start, end = post["entities"]["cashtags"][0]["start"], post["entities"]["cashtags"][0]["end"]
    assert post["text"][start:end] == "$TARN"


async def test_a_long_post_has_all_its_text_and_entities_in_its_note(x, say):
    long = "@TarnwellHelp " + "word " * 60 + "https://tarnwell.example/a #end"
    post = await read(x, say("mara_k", long))
    assert post["text"].endswith("…")
    assert "urls" not in post["entities"]
    note = post["note_tweet"]
    link = note["entities"]["urls"][0]
    assert note["text"] == long.replace("https://tarnwell.example/a", link["url"])
    assert note["text"][link["start"] : link["end"]] == link["url"]
    assert note["entities"]["hashtags"][0]["tag"] == "end"


async def test_the_beginning_of_a_long_post_never_ends_within_a_link(x, say):
    post = await read(x, say("mara_k", "x" * 270 + " https://tarnwell.example/help and so on"))
    assert post["text"] == "x" * 270 + " …"


async def test_a_link_to_a_private_message_is_put_after_the_text(x, web, world, say):
    number = say("mara_k", "@TarnwellHelp my order?")
    link = f"https://x.com/messages/compose?recipient_id={world.brand.id}"
    created = await x.create_tweet(
        text="y" * 280, in_reply_to_tweet_id=number, direct_message_deep_link=link, user_auth=True
    )
    post = await read(x, created.data["id"])
    assert world.get(created.data["id"]).message_link == link
    assert post["entities"]["urls"][0]["expanded_url"] == link
