"""What the brand does not get to see: posts of accounts that block it or are protected, and posts indexed late."""

import pytest
import tweepy

from sandbox.changes import ChangeKind
from sandbox.refusals import NotPossible

INVISIBLE = "deleted or not visible to you"


def shut_out(world):
    world.block("mara_k", "TarnwellHelp")


def protect(world):
    world.protect("mara_k")


@pytest.fixture(params=[shut_out, protect])
def hide(request, world):
    """Makes the posts of @mara_k invisible to the brand, one way or the other."""
    return lambda: request.param(world)


async def test_hidden_posts_are_neither_mentions_nor_found(x, world, say, hide):
    say("mara_k", "@TarnwellHelp hot")
    visible = say("jon", "@TarnwellHelp hot")
    hide()
    mentions = await x.get_users_mentions(world.brand.id, user_auth=True)
    found = await x.search_recent_tweets("@TarnwellHelp", user_auth=True)
    assert [str(post.id) for post in mentions.data] == [str(post.id) for post in found.data] == [visible]


async def test_looking_up_a_hidden_post_says_that_it_is_not_for_us(x, say, hide):
    number = say("mara_k", "@TarnwellHelp hot")
    hide()
    answer = await x.get_tweet(number, user_auth=True)
    assert answer.data is None
    assert answer.errors[0]["detail"] == f"Sorry, you are not authorized to see the Tweet with id: [{number}]."
    assert answer.errors[0]["type"].endswith("/not-authorized-for-resource")
    several = await x.get_tweets([number, say("jon", "hi")], user_auth=True)
    assert (len(several.data), several.errors[0]["section"]) == (1, "data")


async def test_a_hidden_parent_is_a_partial_error_beside_the_page(x, world, say, hide):
    parent = say("mara_k", "hello")
    say("jon", "@TarnwellHelp look", reply_to=parent)
    hide()
    answer = await x.get_users_mentions(world.brand.id, expansions="referenced_tweets.id", user_auth=True)
    assert len(answer.data) == 1
    assert answer.errors[0]["detail"].endswith(f"the Tweet with  referenced_tweets.id: [{parent}].")
    assert answer.errors[0]["section"] == "includes"


async def test_a_hidden_post_cannot_be_answered(x, say, hide):
    number = say("mara_k", "@TarnwellHelp hot")
    hide()
    with pytest.raises(tweepy.Forbidden, match=INVISIBLE):
        await x.create_tweet(text="Hello.", in_reply_to_tweet_id=number)


async def test_the_timeline_of_a_hidden_account_is_not_for_us(x, world, say, hide):
    say("mara_k", "hello")
    hide()
    answer = await x.get_users_tweets(world.accounts.named("mara_k").id, user_auth=True)
    assert answer.data is None
    assert answer.errors[0]["resource_type"] == "user"


async def test_unblocking_and_unprotecting_show_the_posts_again(x, world, say, hide):
    number = say("mara_k", "@TarnwellHelp hot")
    hide()
    world.block("mara_k", "TarnwellHelp", on=False)
    world.protect("mara_k", on=False)
    assert (await x.get_tweet(number, user_auth=True)).data
    assert (await x.create_tweet(text="Hello.", in_reply_to_tweet_id=number)).data


async def test_an_account_says_whether_it_is_protected_and_takes_messages(x, world):
    mara = world.accounts.open("mara_k")
    fields = ["protected", "receives_your_dm", "connection_status"]
    before = (await x.get_user(id=mara.id, user_fields=fields, user_auth=True)).data
    assert (before.protected, before.data["receives_your_dm"], before.data["connection_status"]) == (False, False, [])
    world.protect("mara_k")
    world.block("TarnwellHelp", "mara_k")
    world.send("mara_k", "TarnwellHelp", "hello")
    after = (await x.get_user(id=mara.id, user_fields=fields, user_auth=True)).data
    assert (after.protected, after.data["receives_your_dm"]) == (True, True)
    assert after.data["connection_status"] == ["blocking"]


async def test_a_late_post_can_be_looked_up_but_is_nobodys_mention_until_it_is_indexed(x, world, say):
    late = say("mara_k", "@TarnwellHelp late", late=True)
    later = say("jon", "@TarnwellHelp later")
    assert (await x.get_tweet(late)).data
    assert [str(post.id) for post in (await x.get_users_mentions(world.brand.id)).data] == [later]
    world.index(late)
    assert [str(post.id) for post in (await x.get_users_mentions(world.brand.id)).data] == [later, late]


def test_an_indexed_post_is_told_once(world, say):
    late, told = say("mara_k", "@TarnwellHelp late", late=True), []
    world.subscribe(told.append)
    assert not world.is_indexed(world.get(late))
    world.index(late)
    world.index(late)
    assert [change.kind for change in told] == [ChangeKind.INDEXED]
    assert world.is_indexed(world.get(late))


def test_what_passes_between_accounts_is_told(world):
    told = []
    world.subscribe(told.append)
    world.block("mara_k", "jon")
    world.protect("mara_k")
    message = world.send("mara_k", "jon", "hi")
    assert [change.kind for change in told] == [ChangeKind.BLOCKED, ChangeKind.PROTECTED, ChangeKind.MESSAGED]
    assert (told[-1].message, told[-1].conversation) == (message, message.conversation)


@pytest.mark.parametrize("attempt", ["block", "send"])
def test_an_account_has_nothing_to_do_with_itself(world, attempt):
    text = ["hi"] if attempt == "send" else []
    with pytest.raises(NotPossible, match="one and the same account"):
        getattr(world, attempt)("mara_k", "@Mara_K", *text)
