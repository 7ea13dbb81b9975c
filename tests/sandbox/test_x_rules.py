"""What X refuses: who may ask, what may be published, and how often."""

import pytest
import tweepy
from oauthlib.oauth1 import Client

from sandbox.config import SandboxConfig
from sandbox.limits import PER_WINDOW, Endpoint
from sandbox.posts import ReplySettings
from sandbox.timeline import Span

NOT_SUMMONED = "you have not been mentioned or otherwise engaged"


@pytest.mark.parametrize(
    "wrong",
    [{"consumer_secret": "no"}, {"access_token": "unknown"}, {"access_token_secret": "no"}, {"consumer_key": "no"}],
)
async def test_a_wrong_key_or_signature_is_unauthorized(connect, wrong):
    with pytest.raises(tweepy.Unauthorized) as refused:
        await connect(**wrong).get_me()
    assert "Unauthorized" in str(refused.value)


async def test_a_wrong_bearer_token_is_unauthorized(connect, say):
    with pytest.raises(tweepy.Unauthorized):
        await connect(bearer_token="unknown").get_tweet(say("mara_k", "hi"))


async def test_a_signature_covers_the_query(web, x, world):
    seen = []

    class Tampering:
        def request(self, method, url, **options):
            seen.append(str(url))
            return web.session.request(method, web.make_url("/2/users/me?user.fields=id"), **options)

    x.session = Tampering()
    with pytest.raises(tweepy.Unauthorized):
        await x.get_me(user_fields=["protected"])
    assert seen


@pytest.mark.parametrize("header", ["", "OAuth", "OAuth nonsense", 'OAuth oauth_token="x', "Basic eDp4"])
async def test_a_mangled_authorization_is_unauthorized(web, header):
    answer = await web.get("/2/users/me", headers={"Authorization": header})
    assert answer.status == 401
    assert await answer.json() == {
        "title": "Unauthorized",
        "detail": "Unauthorized",
        "type": "about:blank",
        "status": 401,
    }


async def test_revoked_tokens_are_unauthorized_until_restored(web, x):
    await web.delete("/sandbox/tokens")
    with pytest.raises(tweepy.Unauthorized):
        await x.get_me()
    await web.post("/sandbox/tokens")
    assert (await x.get_me()).data.username == "TarnwellHelp"


async def test_a_bearer_token_reads_but_does_not_publish(x, world, say):
    say("mara_k", "@TarnwellHelp hello")
    assert (await x.get_users_mentions(world.brand.id)).data[0].text == "@TarnwellHelp hello"
    with pytest.raises(tweepy.Forbidden) as refused:
        await x.create_tweet(text="hello", user_auth=False)
    assert refused.value.response.status == 403
    assert "Application-Only is forbidden" in str(refused.value)


async def test_280_is_published_and_281_is_too_long(x):
    assert (await x.create_tweet(text="x" * 280)).data
    with pytest.raises(tweepy.BadRequest, match="text is too long"):
        await x.create_tweet(text="y" * 281)


async def test_automatic_mentions_do_not_count_towards_280(x, say):
    question = say("mara_k", "@TarnwellHelp why?")
    assert (await x.create_tweet(text="x" * 280, in_reply_to_tweet_id=question)).data


async def test_the_same_text_again_is_duplicate_content(x, clock):
    await x.create_tweet(text="News")
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        await x.create_tweet(text="News")
    clock.move(hours=1)
    assert (await x.create_tweet(text="News")).data


async def test_the_same_answer_to_two_people_is_no_duplicate(x, say):
    for customer in ("mara_k", "jon"):
        question = say(customer, "@TarnwellHelp why?")
        assert (await x.create_tweet(text="Because.", in_reply_to_tweet_id=question)).data
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        await x.create_tweet(text="Because.", in_reply_to_tweet_id=question)


async def test_a_reply_to_a_deleted_post_is_refused(x, world, say):
    question = say("mara_k", "@TarnwellHelp why?")
    world.delete(question)
    with pytest.raises(tweepy.Forbidden, match="deleted or not visible"):
        await x.create_tweet(text="Because.", in_reply_to_tweet_id=question)


async def test_a_reply_to_someone_who_never_named_us_is_refused(x, say):
    with pytest.raises(tweepy.Forbidden, match=NOT_SUMMONED):
        await x.create_tweet(text="Hello!", in_reply_to_tweet_id=say("mara_k", "my tablet is slow"))


async def test_being_carried_along_in_a_thread_is_no_summons(x, world, say):
    first = say("mara_k", "@TarnwellHelp why?")
    carried = say("jon", "same here", reply_to=first)
    assert carried in world.mentions(world.brand.id, _all()).ids
    with pytest.raises(tweepy.Forbidden, match=NOT_SUMMONED):
        await x.create_tweet(text="Hello!", in_reply_to_tweet_id=carried)


async def test_a_quote_of_us_summons(x, say):
    quoting = say("jon", "look", quote_of=say("TarnwellHelp", "We are here."))
    assert (await x.create_tweet(text="Thanks.", in_reply_to_tweet_id=quoting)).data


async def test_a_bare_reply_to_us_is_no_summons(x, say):
    bare = say("mara_k", "good", reply_to=say("TarnwellHelp", "We are here."))
    with pytest.raises(tweepy.Forbidden, match=NOT_SUMMONED):
        await x.create_tweet(text="Thanks.", in_reply_to_tweet_id=bare)


class TestImplicitSummons:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(port=0, implicit_summons=True)

    async def test_a_bare_reply_to_us_summons_where_the_sandbox_is_told_so(self, x, say):
        bare = say("mara_k", "good", reply_to=say("TarnwellHelp", "We are here."))
        assert (await x.create_tweet(text="Thanks.", in_reply_to_tweet_id=bare)).data


async def test_a_post_is_quoted_only_where_its_author_engaged_us(x, say):
    assert (await x.create_tweet(text="Look.", quote_tweet_id=say("mara_k", "@TarnwellHelp hello"))).data
    with pytest.raises(tweepy.Forbidden, match="Quoting this post is not allowed"):
        await x.create_tweet(text="Look.", quote_tweet_id=say("mara_k", "hello"))


@pytest.mark.parametrize("settings", list(ReplySettings)[1:])
async def test_who_restricted_replies_gets_them_from_those_named_only(x, say, settings):
    named = say("mara_k", "@TarnwellHelp hello", reply_settings=settings)
    assert (await x.create_tweet(text="Hello.", in_reply_to_tweet_id=named)).data
    first = say("mara_k", "talk among us", reply_settings=settings)
    below = say("jon", "@TarnwellHelp what do you say?", reply_to=first)
    with pytest.raises(tweepy.Forbidden, match="restricted who can reply"):
        await x.create_tweet(text="Hello.", in_reply_to_tweet_id=below)


async def test_the_brand_can_restrict_replies_itself(x):
    number = (await x.create_tweet(text="News", reply_settings="mentionedUsers")).data["id"]
    post = (await x.get_tweet(number, tweet_fields=["reply_settings"], user_auth=True)).data
    assert post.reply_settings == "mentionedUsers"
    with pytest.raises(tweepy.BadRequest):
        await x.create_tweet(text="More news", reply_settings="everyone")


async def test_one_cashtag_is_published_and_two_are_not(x):
    assert (await x.create_tweet(text="On $TARN today")).data
    with pytest.raises(tweepy.BadRequest, match="cashtag"):
        await x.create_tweet(text="On $TARN and $OTHER today")


async def test_a_reply_in_an_own_thread_can_be_hidden_and_shown_again(x, world, say):
    reply = say("mara_k", "spam", reply_to=(await x.create_tweet(text="News")).data["id"])
    assert (await x.hide_reply(reply)).data == {"hidden": True}
    assert world.is_hidden(world.get(reply))
    assert (await x.unhide_reply(reply)).data == {"hidden": False}
    assert not world.is_hidden(world.get(reply))


async def test_only_replies_in_own_threads_can_be_hidden(x, say):
    first = say("mara_k", "@TarnwellHelp hello")
    for number in (first, say("jon", "same here", reply_to=first), "12"):
        with pytest.raises(tweepy.Forbidden):
            await x.hide_reply(number)


async def test_an_own_thread_can_be_continued(x):
    first = (await x.create_tweet(text="One")).data["id"]
    assert (await x.create_tweet(text="Two", in_reply_to_tweet_id=first)).data["text"] == "Two"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '{"text": 5}',
        '{"text": "  "}',
        '{"text": "a", "reply": {}}',
        '{"text": "a", "reply": []}',
        '{"text": "a", "reply": {"in_reply_to_tweet_id": "1", "mood": "sad"}}',
        '{"text": "a", "reply": {"in_reply_to_tweet_id": "x"}}',
        '{"text": "a", "direct_message_deep_link": 5}',
        '{"text": "a", "colour": "red"}',
    ],
)
async def test_a_body_that_does_not_fit_the_schema_is_an_invalid_request(x, web, body):
    answer = await _signed(x, web, "POST", "/2/tweets", data=body)
    assert answer.status == 400
    assert (await answer.json())["type"].endswith("/invalid-request")


async def _signed(x, web, method, path, **options):
    signer = Client(x.consumer_key, x.consumer_secret, x.access_token, x.access_token_secret)
    _, headers, _ = signer.sign(f"https://api.twitter.com{path}", method)
    return await web.request(method, path, headers=headers | {"Content-Type": "application/json"}, **options)


def _all():
    return Span(limit=100)


class TestLimits:
    @pytest.fixture
    def config(self) -> SandboxConfig:
        return SandboxConfig(port=0, limit_scale=0.03)

    async def test_beyond_the_limit_requests_wait_for_the_window(self, x, clock):
        for n in range(3):
            await x.create_tweet(text=f"News {n}")
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await x.create_tweet(text="one too many")
        headers = refused.value.response.headers
        assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("3", "0")
        left = int(headers["x-rate-limit-reset"]) - clock.now.timestamp()
        assert 895 < left <= 901
        clock.move(minutes=15)
        assert (await x.create_tweet(text="on time")).data

    async def test_each_endpoint_has_a_window_of_its_own(self, x, world):
        for _ in range(3):
            await x.get_me()
        with pytest.raises(tweepy.TooManyRequests):
            await x.get_me()
        assert (await x.get_users_mentions(world.brand.id, user_auth=True)).meta


def test_every_endpoint_is_open_to_somebody():
    assert {endpoint for endpoint, _ in PER_WINDOW} == set(Endpoint)
