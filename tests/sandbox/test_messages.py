"""Direct messages, as the real client reads and sends them."""

import pytest
import tweepy

NOT_PERMITTED = "You do not have permission to DM one or more participants."
FIELDS = ["created_at", "dm_conversation_id", "event_type", "sender_id", "text", "entities"]


@pytest.fixture
def mara(world):
    return world.accounts.open("mara_k")


async def test_nobody_gets_a_message_before_writing_first(x, mara, world):
    with pytest.raises(tweepy.Forbidden, match=NOT_PERMITTED):
        await x.create_direct_message(participant_id=mara.id, text="Hello!")
    assert world.messages_of(mara.id) == []


async def test_an_account_that_does_not_exist_gets_no_message(x):
    with pytest.raises(tweepy.Forbidden, match=NOT_PERMITTED):
        await x.create_direct_message(participant_id="12", text="Hello!")


async def test_who_wrote_first_gets_an_answer(x, mara, world):
    world.send("mara_k", "TarnwellHelp", "My order?")
    answer = await x.create_direct_message(participant_id=mara.id, text="Which one?")
    sent = world.message_thread(mara.id, world.brand.id)[-1]
    assert (sent.text, sent.by_app, sent.recipient) == ("Which one?", True, mara)
    assert answer.data == {"dm_conversation_id": sent.conversation, "dm_event_id": sent.id}
    assert sent.conversation == "-".join(sorted((mara.id, world.brand.id), key=int))


async def test_who_blocks_us_gets_no_more_messages(x, mara, world):
    world.send("mara_k", "TarnwellHelp", "My order?")
    world.block("mara_k", "TarnwellHelp")
    with pytest.raises(tweepy.Forbidden, match=NOT_PERMITTED):
        await x.create_direct_message(participant_id=mara.id, text="Which one?")


async def test_the_own_messages_are_listed_too_newest_first(x, mara, world):
    first = world.send("mara_k", "TarnwellHelp", "My order <12> at https://tarnwell.example/orders?")
    second = world.send("TarnwellHelp", "mara_k", "One moment.")
    answer = await x.get_direct_message_events(dm_event_fields=FIELDS, expansions="sender_id")
    assert [str(event.id) for event in answer.data] == [second.id, first.id]
    raw = answer.data[1].data
    assert raw["event_type"] == "MessageCreate"
    assert raw["text"].startswith("My order &lt;12&gt; at https://t.co/")
    assert raw["urls"][0]["expanded_url"] == "https://tarnwell.example/orders"
    assert (raw["sender_id"], raw["dm_conversation_id"]) == (mara.id, first.conversation)
    assert raw["created_at"].endswith(".000Z")
    assert {user.username for user in answer.includes["users"]} == {"mara_k", "TarnwellHelp"}


async def test_without_fields_a_message_has_only_the_default_ones(x, world):
    world.send("mara_k", "TarnwellHelp", "hello")
    assert set((await x.get_direct_message_events(dm_event_fields=None)).data[0].data) == {"id", "event_type", "text"}


async def test_the_last_page_has_a_token_too_and_after_it_comes_an_empty_one(x, world):
    numbers = [world.send("mara_k", "TarnwellHelp", f"{n}").id for n in range(3)]
    first = await x.get_direct_message_events(max_results=2)
    last = await x.get_direct_message_events(max_results=2, pagination_token=first.meta["next_token"])
    end = await x.get_direct_message_events(max_results=2, pagination_token=last.meta["next_token"])
    assert [str(event.id) for event in [*first.data, *last.data]] == numbers[::-1]
    assert (end.data, end.meta) == (None, {"result_count": 0})


async def test_one_conversation_can_be_listed_alone(x, mara, world):
    world.send("jon", "TarnwellHelp", "not this")
    wanted = world.send("mara_k", "TarnwellHelp", "this").id
    answer = await x.get_direct_message_events(participant_id=mara.id)
    assert [str(event.id) for event in answer.data] == [wanted]


async def test_messages_of_others_and_old_ones_are_not_listed(x, world, clock):
    world.send("mara_k", "jon", "between us")
    world.send("mara_k", "TarnwellHelp", "long ago")
    clock.move(days=31)
    assert (await x.get_direct_message_events()).data is None


async def test_a_bearer_token_reads_no_messages(web, config):
    answer = await web.get("/2/dm_events", headers={"Authorization": f"Bearer {config.bearer_token}"})
    assert answer.status == 403
    assert "Application-Only is forbidden" in (await answer.json())["detail"]


@pytest.mark.parametrize(
    "options", [{"max_results": 101}, {"max_results": 0}, {"event_types": "Typing"}, {"dm_event_fields": ["colour"]}]
)
async def test_a_wrong_parameter_of_a_list_of_messages_is_refused(x, options):
    with pytest.raises(tweepy.BadRequest):
        await x.get_direct_message_events(**options)


async def test_a_message_without_text_is_refused(x, mara, world):
    world.send("mara_k", "TarnwellHelp", "My order?")
    for text in ("", "  ", "x" * 10_001):
        with pytest.raises(tweepy.BadRequest):
            await x.create_direct_message(participant_id=mara.id, text=text)


async def test_messages_beyond_the_limit_of_a_window_wait_for_the_next(x, mara, world, clock):
    world.send("mara_k", "TarnwellHelp", "My order?")
    for n in range(15):
        await x.create_direct_message(participant_id=mara.id, text=f"{n}")
    with pytest.raises(tweepy.TooManyRequests):
        await x.create_direct_message(participant_id=mara.id, text="one too many")
    clock.move(minutes=15)
    assert (await x.create_direct_message(participant_id=mara.id, text="on time")).data
