"""OAuth 2.0: from a person's consent to tokens, which expire, rotate and allow only what was agreed to."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import aiohttp
import pytest
import tweepy
from yarl import URL

VERIFIER = "a-verifier-that-only-the-app-knows-0123456789"
BACK = "http://127.0.0.1:8081/oauth/callback"
SCOPES = "tweet.read tweet.write users.read dm.read offline.access"
REUSED = {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}


def asked(config, **other):
    challenge = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    own = {
        "response_type": "code",
        "client_id": config.client_id,
        "redirect_uri": BACK,
        "scope": SCOPES,
        "state": "st&te",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return own | other


@pytest.fixture
def agree(web, config):
    """Presses the button of the consent page; gives the address to which the browser is sent."""

    async def press(answer="yes", **other):
        form = asked(config, **other) | {"answer": answer}
        sent = await web.post("/i/oauth2/authorize", data=form, allow_redirects=False)
        assert sent.status == 303, await sent.text()
        return URL(sent.headers["Location"])

    return press


@pytest.fixture
def post(web, config):
    """Posts a form to a token endpoint as the app; gives status and body."""

    async def send(path="token", *, secret=None, **form):
        client = aiohttp.encode_basic_auth(config.client_id, secret or config.client_secret)
        answer = await web.post(f"/2/oauth2/{path}", data=form, headers={"Authorization": client})
        return answer.status, await answer.json()

    return send


@pytest.fixture
def tokens(agree, post):
    """Goes the whole way to a pair of tokens."""

    async def obtain(scope=SCOPES):
        code = (await agree(scope=scope)).query["code"]
        status, body = await post(grant_type="authorization_code", code=code, code_verifier=VERIFIER, redirect_uri=BACK)
        assert status == 200, body
        return body

    return obtain


@pytest.fixture
def signed_in(connect):
    """Makes a client that calls with an OAuth 2.0 user token."""
    return lambda token: connect(bearer_token=token)


async def test_the_page_names_the_account_and_what_is_asked(web, config):
    answer = await web.get("/i/oauth2/authorize", params=asked(config))
    page = await answer.text()
    assert "@TarnwellHelp" in page
    assert "dm.read, offline.access, tweet.read" in page
    assert 'value="st&amp;te"' in page


async def test_consent_sends_the_browser_back_with_a_code_and_the_state(agree):
    back = await agree()
    assert (str(back.with_query(None)), back.query["state"]) == (BACK, "st&te")
    assert back.query["code"]


async def test_refusal_sends_the_browser_back_without_a_code(agree):
    assert dict((await agree(answer="no")).query) == {"state": "st&te", "error": "access_denied"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"client_id": "unknown"}, "client_id is not"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri must be"),
        ({"redirect_uri": "http://["}, "redirect_uri must be"),
        ({"scope": "tweet.read everything"}, "unknown names: everything"),
        ({"code_challenge": ""}, "code_challenge is missing"),
        ({"code_challenge_method": "S512"}, "must be S256 or plain"),
        ({"response_type": "token"}, "response_type must be code"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_a_sentence(web, config, wrong, sentence):
    for method in ("GET", "POST"):
        body = {"params" if method == "GET" else "data": asked(config, **wrong)}
        answer = await web.request(method, "/i/oauth2/authorize", **body)
        assert answer.status == 400
        assert sentence in await answer.text()


async def test_a_token_answers_for_the_account_on_any_host(tokens, signed_in):
    given = await tokens()
    assert (given["token_type"], given["expires_in"]) == ("bearer", 7200)
    assert set(given["scope"].split()) == set(SCOPES.split())
    client = signed_in(given["access_token"])
    assert (await client.get_me(user_auth=False)).data.username == "TarnwellHelp"
    assert (await client.create_tweet(text="Hello", user_auth=False)).data


async def test_without_offline_access_there_is_no_refresh_token(tokens):
    assert "refresh_token" not in await tokens("tweet.read users.read")


@pytest.mark.parametrize(
    "wrong", [{"code": "made-up"}, {"code_verifier": "another"}, {"redirect_uri": "http://127.0.0.1/other"}]
)
async def test_a_code_is_exchanged_only_by_who_asked_for_it(agree, post, wrong):
    right = {"code": (await agree()).query["code"], "code_verifier": VERIFIER, "redirect_uri": BACK}
    status, body = await post(grant_type="authorization_code", **right | wrong)
    assert (status, body["error"]) == (400, "invalid_request")


async def test_a_code_is_good_once_and_for_thirty_seconds(agree, post, clock):
    form = {"grant_type": "authorization_code", "code_verifier": VERIFIER, "redirect_uri": BACK}
    code = (await agree()).query["code"]
    assert [(await post(code=code, **form))[0] for _ in range(2)] == [200, 400]
    late = (await agree()).query["code"]
    clock.move(seconds=31)
    assert (await post(code=late, **form))[0] == 400


async def test_refresh_tokens_rotate_and_are_good_once(tokens, post, signed_in):
    first = await tokens()
    status, second = await post(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert (await signed_in(second["access_token"]).get_me(user_auth=False)).data
    assert await post(grant_type="refresh_token", refresh_token=first["refresh_token"]) == (400, REUSED)
    assert (await post(grant_type="refresh_token", refresh_token=second["refresh_token"]))[0] == 200


async def test_an_expired_token_is_unauthorized(tokens, signed_in, clock):
    client = signed_in((await tokens())["access_token"])
    clock.move(hours=2)
    with pytest.raises(tweepy.Unauthorized):
        await client.get_me(user_auth=False)


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_a_revoked_token_is_worth_nothing(tokens, post, signed_in, which):
    given = await tokens()
    assert await post("revoke", token=given[which]) == (200, {"revoked": True})
    if which == "refresh_token":
        assert await post(grant_type="refresh_token", refresh_token=given[which]) == (400, REUSED)
    else:
        with pytest.raises(tweepy.Unauthorized):
            await signed_in(given[which]).get_me(user_auth=False)


async def test_while_all_tokens_are_revoked_none_is_renewed(tokens, post, web):
    given = await tokens()
    await web.delete("/sandbox/tokens")
    assert await post(grant_type="refresh_token", refresh_token=given["refresh_token"]) == (400, REUSED)


async def test_only_the_app_itself_gets_tokens(post, web):
    assert (await post(secret="wrong", grant_type="refresh_token", refresh_token="x"))[0] == 401
    assert (await web.post("/2/oauth2/token", data={"grant_type": "refresh_token"})).status == 401
    assert (await web.post("/2/oauth2/revoke", headers={"Authorization": "Basic %%"})).status == 401


async def test_another_kind_of_grant_is_refused(post):
    status, body = await post(grant_type="password")
    assert (status, body["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("tweet.read users.read", lambda x: x.create_tweet(text="Hello", user_auth=False)),
        ("tweet.read users.read", lambda x: x.get_direct_message_events(user_auth=False)),
        ("dm.read dm.write", lambda x: x.create_direct_message(participant_id=12, text="x", user_auth=False)),
        ("tweet.read users.read", lambda x: x.delete_tweet(12, user_auth=False)),
        ("tweet.read users.read", lambda x: x.hide_reply(12, user_auth=False)),
        ("tweet.read", lambda x: x.get_me(user_auth=False)),
    ],
)
async def test_a_token_without_the_scope_is_forbidden(tokens, signed_in, scope, call):
    client = signed_in((await tokens(scope))["access_token"])
    with pytest.raises(tweepy.Forbidden) as refused:
        await call(client)
    assert refused.value.api_messages == ["Forbidden"]
