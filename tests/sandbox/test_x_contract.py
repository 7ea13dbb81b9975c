"""What the real tweepy client gets from the sandbox, endpoint by endpoint."""

import pytest
import tweepy

FIELDS = [
    "author_id",
    "conversation_id",
    "created_at",
    "display_text_range",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
EXPANSIONS = ["author_id", "referenced_tweets.id", "in_reply_to_user_id"]


async def mentions(x, world, **options):
    return await x.get_users_mentions(world.brand.id, user_auth=True, **options)


async def test_me_is_the_brand(x, world):
    me = (await x.get_me()).data
    assert (me.id, me.username, me.name) == (int(world.brand.id), "TarnwellHelp", "Tarnwell Support")


async def test_a_mention_comes_with_every_field_asked_for(x, world, say):
    number = say("mara_k", "@TarnwellHelp my Book 13 is hot & loud <help>")
    answer = await mentions(x, world, tweet_fields=FIELDS, expansions=EXPANSIONS, user_fields=["protected"])
    post = answer.data[0]
    assert post.data["id"] == post.data["conversation_id"] == number
    assert post.text == "@TarnwellHelp my Book 13 is hot &amp; loud &lt;help&gt;"
    assert post.created_at.microsecond == 0
    assert post.data["created_at"] == "2026-11-21T09:30:00.000Z"
    assert post.lang == "en"
    assert post.data["display_text_range"] == [0, len(post.text)]
    assert post.data["edit_history_tweet_ids"] == [number]
    assert post.entities["mentions"] == [{"start": 0, "end": 13, "username": "TarnwellHelp", "id": world.brand.id}]
    assert (answer.includes["users"][0].username, answer.includes["users"][0].protected) == ("mara_k", False)
    assert answer.meta == {"result_count": 1, "newest_id": number, "oldest_id": number}


async def test_without_fields_a_post_has_only_the_default_ones(x, world, say):
    say("mara_k", "@TarnwellHelp hello")
    post = (await mentions(x, world)).data[0]
    assert set(post.data) == {"id", "text", "edit_history_tweet_ids"}


async def test_an_empty_page_has_no_data(x, world, say):
    say("mara_k", "nothing for anybody")
    answer = await mentions(x, world)
    assert answer.data is None
    assert answer.meta == {"result_count": 0}


async def test_a_reply_to_the_brand_is_a_mention_put_before_the_text(x, world, say):
    first = say("TarnwellHelp", "New firmware is out.")
    say("mara_k", "finally!", reply_to=first)
    post = (await mentions(x, world, tweet_fields=FIELDS)).data[0]
    assert post.text == "@TarnwellHelp finally!"
    assert post.data["display_text_range"] == [14, 22]
    assert post.data["in_reply_to_user_id"] == world.brand.id
    assert post.data["conversation_id"] == first
    assert post.data["referenced_tweets"] == [{"type": "replied_to", "id": first}]


async def test_reposts_and_quotes_are_mentions_of_their_own_kind(x, world, say):
    question = say("mara_k", "@TarnwellHelp why?")
    say("jon", repost_of=question)
    own = say("TarnwellHelp", "We are here.")
    say("sofia", "really?", quote_of=own)
    kinds = [
        post.data.get("referenced_tweets", [{}])[0].get("type")
        for post in (await mentions(x, world, tweet_fields=FIELDS)).data
    ]
    assert kinds == ["quoted", "retweeted", None]


async def test_a_deleted_parent_gives_data_and_an_error(x, world, say):
    parent = say("TarnwellHelp", "gone soon")
    say("mara_k", "what?", reply_to=parent)
    world.delete(parent)
    answer = await mentions(x, world, expansions=EXPANSIONS)
    assert len(answer.data) == 1
    assert answer.errors[0]["detail"] == f"Could not find tweet with  referenced_tweets.id: [{parent}]."
    assert "tweets" not in answer.includes


async def test_a_long_post_is_cut_and_whole_in_its_note(x, world, say):
    text = "@TarnwellHelp " + "word " * 100
    say("mara_k", text)
    post = (await mentions(x, world, tweet_fields=FIELDS)).data[0]
    assert len(post.text) == 280
    assert post.data["note_tweet"]["text"] == text


async def test_since_and_until_are_exclusive(x, world, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(4)]
    answer = await mentions(x, world, since_id=numbers[0], until_id=numbers[3])
    assert [str(post.id) for post in answer.data] == [numbers[2], numbers[1]]


async def test_start_time_leaves_out_what_was_before(x, world, say, clock):
    say("mara_k", "@TarnwellHelp before")
    clock.move(minutes=10)
    say("mara_k", "@TarnwellHelp after")
    answer = await mentions(x, world, start_time="2026-11-21T09:35:00Z")
    assert [post.text for post in answer.data] == ["@TarnwellHelp after"]
    answer = await mentions(x, world, end_time="2026-11-21T09:35:00Z")
    assert [post.text for post in answer.data] == ["@TarnwellHelp before"]


async def test_pages_follow_each_other_to_the_end(x, world, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(12)]
    seen, token = [], None
    for _ in range(3):
        answer = await mentions(x, world, max_results=5, pagination_token=token)
        seen += [str(post.id) for post in answer.data]
        token = answer.meta.get("next_token")
    assert seen == numbers[::-1]
    assert token is None


async def test_a_page_is_short_where_posts_were_deleted(x, world, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(7)]
    world.delete(numbers[6])
    answer = await mentions(x, world, max_results=5)
    assert answer.meta["result_count"] == 4
    assert answer.meta["next_token"]


async def test_only_the_newest_800_mentions_can_be_reached(x, world, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(802)]
    answer = await mentions(x, world, until_id=numbers[4])
    assert [str(post.id) for post in answer.data] == [numbers[3], numbers[2]]


async def test_an_edit_takes_the_place_of_the_old_version_under_a_new_id(x, world, say):
    old = say("mara_k", "@TarnwellHelp my Bok 13")
    new = world.edit(old, "@TarnwellHelp my Book 13").id
    post = (await mentions(x, world, tweet_fields=FIELDS)).data[0]
    assert len((await mentions(x, world)).data) == 1
    assert post.data["edit_history_tweet_ids"] == [old, new]
    assert post.data["conversation_id"] == old
    assert (await x.get_tweet(old, user_auth=True)).data.text == "@TarnwellHelp my Bok 13"


async def test_an_edit_that_adds_the_name_becomes_a_mention(x, world, say):
    world.edit(say("mara_k", "help"), "@tarnwellhelp help")
    assert (await mentions(x, world)).data[0].text == "@tarnwellhelp help"


async def test_looking_up_a_deleted_post_is_no_error_but_has_no_data(x, world, say):
    number = say("mara_k", "@TarnwellHelp oops")
    world.delete(number)
    answer = await x.get_tweet(number)
    assert answer.data is None
    assert answer.errors[0]["type"].endswith("/resource-not-found")


async def test_looking_up_many_gives_those_that_are_there(x, say):
    number = say("mara_k", "hello")
    answer = await x.get_tweets([number, "1"])
    assert [str(post.id) for post in answer.data] == [number]
    assert [error["resource_id"] for error in answer.errors] == ["1"]


async def test_a_reply_is_created_and_stands_on_the_own_timeline(x, world, say):
    question = say("mara_k", "@TarnwellHelp why?")
    created = (await x.create_tweet(text="Bot: Because.", in_reply_to_tweet_id=question)).data
    assert created["text"] == "@mara_k Bot: Because."
    own = await x.get_users_tweets(world.brand.id, tweet_fields=[*FIELDS, "source"])
    assert own.data[0].data["id"] == created["id"]
    assert own.data[0].data["referenced_tweets"] == [{"type": "replied_to", "id": question}]
    assert own.data[0].data["source"] == "Heed"


async def test_a_reply_names_everybody_in_the_thread_unless_left_out(x, world, say):
    jon = world.accounts.open("jon")
    question = say("mara_k", "@TarnwellHelp and @jon and @nobody_here")
    everybody = (await x.create_tweet(text="Hello.", in_reply_to_tweet_id=question)).data
    assert everybody["text"] == "@mara_k @jon Hello."
    alone = await x.create_tweet(text="Only you.", in_reply_to_tweet_id=question, exclude_reply_user_ids=[jon.id])
    assert alone.data["text"] == "@mara_k Only you."


async def test_the_own_timeline_can_leave_out_replies(x, world, say):
    question = say("mara_k", "@TarnwellHelp why?")
    await x.create_tweet(text="Because.", in_reply_to_tweet_id=question)
    await x.create_tweet(text="News of the day")
    own = await x.get_users_tweets(world.brand.id, exclude="replies")
    assert [post.text for post in own.data] == ["News of the day"]


async def test_an_own_post_can_be_deleted_and_others_cannot(x, world, say):
    own = (await x.create_tweet(text="Oops")).data["id"]
    assert (await x.delete_tweet(own)).data == {"deleted": True}
    assert world.find(own) is None
    with pytest.raises(tweepy.Forbidden):
        await x.delete_tweet(say("mara_k", "mine"))


async def test_a_long_tail_of_answers_comes_with_the_headers_of_x(x, web, config):
    answer = await web.get("/2/tweets/1", headers={"Authorization": f"Bearer {config.bearer_token}"})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["x-access-level"] == "read"
    assert answer.headers["x-rate-limit-limit"] == "450"
    assert answer.headers["x-rate-limit-remaining"] == "449"


async def test_the_newer_names_are_answered_in_the_newer_names(web, config, world, say):
    parent = say("TarnwellHelp", "News")
    say("mara_k", "what?", reply_to=parent)
    answer = await web.get(
        f"/2/users/{world.brand.id}/mentions",
        params={"post.fields": "referenced_posts", "expansions": "referenced_posts.id"},
        headers={"Authorization": f"Bearer {config.bearer_token}"},
    )
    body = await answer.json()
    assert body["data"][0]["referenced_posts"] == [{"type": "replied_to", "id": parent}]
    assert body["includes"]["posts"][0]["edit_history_post_ids"] == [parent]


@pytest.mark.parametrize(
    "options",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"since_id": "0"},
        {"since_id": "abc"},
        {"pagination_token": "nonsense"},
        {"start_time": "yesterday"},
        {"tweet_fields": ["colour"]},
        {"expansions": ["everything"]},
    ],
)
async def test_a_wrong_parameter_is_named(x, world, options):
    with pytest.raises(tweepy.BadRequest) as refused:
        await mentions(x, world, **options)
    assert "query parameter value" in refused.value.api_messages[0]


async def test_an_unknown_parameter_is_refused(web, config, world):
    headers = {"Authorization": f"Bearer {config.bearer_token}"}
    answer = await web.get(f"/2/users/{world.brand.id}/mentions?exclude=replies", headers=headers)
    assert answer.status == 400
    assert "[exclude] is not one of" in (await answer.json())["errors"][0]["message"]


async def test_an_unknown_account_is_an_error_beside_a_200(x):
    answer = await x.get_users_mentions(12345, user_auth=True)
    assert answer.data is None
    assert answer.errors[0]["resource_type"] == "user"


async def test_an_unknown_endpoint_is_not_found(web):
    answer = await web.get("/2/nowhere")
    assert answer.status == 404
    assert (await answer.json())["title"] == "Not Found"
