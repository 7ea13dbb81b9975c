"""The newer names of OpenAPI 2.167: asked for, they come everywhere."""

import pytest

from sandbox.dialect import asks_for_new_names, in_new_names


@pytest.fixture
def read(web, config):
    """Gets a path with the app's token; gives the JSON."""

    async def get(path, **params):
        answer = await web.get(path, params=params, headers={"Authorization": f"Bearer {config.bearer_token}"})
        return await answer.json()

    return get


@pytest.mark.parametrize(
    ("query", "newer"),
    [
        ({}, False),
        ({"tweet.fields": "lang", "expansions": "referenced_tweets.id"}, False),
        ({"post.fields": "lang"}, True),
        ({"expansions": "author_id,referenced_posts.id"}, True),
        ({"query": "referenced_posts"}, False),
    ],
)
def test_the_dialect_is_known_by_what_is_asked_for(query, newer):
    assert asks_for_new_names(query) is newer


def test_names_are_renewed_at_every_depth_and_values_are_not():
    old = {"data": [{"text": "tweets", "note_tweet": {"text": "x"}}], "includes": {"tweets": []}}
    assert in_new_names(old) == {"data": [{"text": "tweets", "note_post": {"text": "x"}}], "includes": {"posts": []}}


async def test_a_search_answers_in_the_newer_names(read, say):
    parent = say("TarnwellHelp", "News")
    say("mara_k", "@TarnwellHelp what?", reply_to=parent)
    body = await read(
        "/2/tweets/search/recent", query="@TarnwellHelp", expansions="referenced_posts.id", **{"post.fields": "lang"}
    )
    assert body["data"][0]["referenced_posts"] == [{"type": "replied_to", "id": parent}]
    assert body["includes"]["posts"][0]["edit_history_post_ids"] == [parent]


@pytest.mark.parametrize(("parameter", "host"), [("post.fields", "api.x.com"), ("tweet.fields", "api.twitter.com")])
async def test_the_type_of_a_problem_follows_the_dialect(read, parameter, host):
    missing = await read("/2/tweets/12", **{parameter: "lang"})
    assert missing["errors"][0]["type"] == f"https://{host}/2/problems/resource-not-found"
    invalid = await read("/2/tweets/search/recent", query="(", **{parameter: "lang"})
    assert invalid["type"] == f"https://{host}/2/problems/invalid-request"
