"""The query language of the search: what it finds, and what it refuses."""

import pytest
import tweepy

from sandbox.search import QueryInvalid, read_query


@pytest.fixture
def posts(world, say):
    """A small thread and its surroundings, by a short name each."""
    question = say("mara_k", "@TarnwellHelp my Book-13 gets hot, why?")
    answer = say("TarnwellHelp", "Dust in the fan.", reply_to=question)
    ids = {
        "question": question,
        "answer": answer,
        "thanks": say("mara_k", "Thanks a lot", reply_to=answer),
        "german": say("uwe", "@TarnwellHelp mein Akku ist nicht gut"),
        "quote": say("jon", "look at this: hot!", quote_of=question),
        "other": say("noor", "the kettle gets hot"),
    }
    return {name: world.get(number) for name, number in ids.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("@tarnwellhelp", {"question", "german", "thanks"}),
        ("from:mara_k", {"question", "thanks"}),
        ("to:TarnwellHelp", {"thanks"}),
        ("(@TarnwellHelp OR to:TarnwellHelp) -from:TarnwellHelp -is:retweet", {"question", "german", "thanks"}),
        ("hot", {"question", "quote", "other"}),
        ("HOT gets", {"question", "other"}),
        ('"gets hot"', {"question", "other"}),
        ('hot -"gets hot"', {"quote"}),
        ("book", {"question"}),
        ("boo", set()),
        ("kettle OR thanks lot", {"other", "thanks"}),
        ("(kettle OR thanks) lot", {"thanks"}),
        ("hot is:quote", {"quote"}),
        ("@TarnwellHelp is:reply", {"thanks"}),
        ("@TarnwellHelp -is:reply lang:de", {"german"}),
    ],
)
def test_a_query_finds_what_it_names(posts, query, found):
    matches = read_query(query)
    assert {name for name, post in posts.items() if matches(post)} == found


def test_a_thread_and_the_replies_to_a_post_can_be_asked_for(posts):
    thread = read_query(f"conversation_id:{posts['question'].id}")
    replies = read_query(f"in_reply_to_tweet_id:{posts['answer'].id}")
    assert {name for name, post in posts.items() if thread(post)} == {"question", "answer", "thanks"}
    assert {name for name, post in posts.items() if replies(post)} == {"thanks"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("(hot", "no viable alternative at input '<EOF>'"),
        ("hot)", "no viable alternative at input ')'"),
        ("hot OR", "no viable alternative at input '<EOF>'"),
        ("--hot", "no viable alternative at input '-'"),
        ("(" * 60 + "hot" + ")" * 60, "no viable alternative"),
        ('"open', "no viable alternative at input '\"open'"),
        ("is:reply", "at least one positive, non-stopword clause"),
        ("-hot", "at least one positive, non-stopword clause"),
        ("hot OR lang:de", "at least one positive, non-stopword clause"),
        ("hot is:verified", "Reference to invalid operator 'is:verified'"),
        ("colour:red", "Reference to invalid operator 'colour'"),
    ],
)
def test_a_query_that_x_refuses_is_refused_in_its_words(query, message):
    with pytest.raises(QueryInvalid, match="There were errors processing your request: ") as refused:
        read_query(query)
    assert message in str(refused.value)


async def test_the_search_leads_through_all_pages_newest_first(x, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(25)]
    seen, token = [], None
    for _ in range(3):
        answer = await x.search_recent_tweets("@TarnwellHelp", max_results=10, next_token=token, user_auth=True)
        seen += [str(post.id) for post in answer.data]
        token = answer.meta.get("next_token")
    assert seen == numbers[::-1]
    assert token is None


async def test_the_search_keeps_within_two_ids(x, say):
    numbers = [say("mara_k", f"@TarnwellHelp {n}") for n in range(5)]
    answer = await x.search_recent_tweets("@TarnwellHelp", since_id=numbers[1], until_id=numbers[4])
    assert [str(post.id) for post in answer.data] == [numbers[3], numbers[2]]


async def test_reposts_deleted_and_late_posts_are_not_found(x, world, say):
    shared = say("mara_k", "@TarnwellHelp hello")
    say("jon", repost_of=shared)
    world.delete(say("mara_k", "@TarnwellHelp gone"))
    late = say("noor", "@TarnwellHelp late", late=True)
    assert [str(post.id) for post in (await x.search_recent_tweets("@TarnwellHelp")).data] == [shared]
    world.index(late)
    assert [str(post.id) for post in (await x.search_recent_tweets("@TarnwellHelp")).data] == [late, shared]


async def test_a_since_id_of_more_than_a_week_ago_is_refused_with_one_that_works(x, say, clock):
    old = say("mara_k", "@TarnwellHelp old")
    clock.move(days=7, minutes=1)
    with pytest.raises(tweepy.BadRequest) as refused:
        await x.search_recent_tweets("@TarnwellHelp", since_id=old)
    message = refused.value.api_messages[0]
    assert message.startswith("'since_id' must be a tweet id created after 2026-11-21T09:31Z. Please use a 'since_id'")
    later = message.rsplit(" ", 1)[1]
    assert (await x.search_recent_tweets("@TarnwellHelp", since_id=int(later) + 2**30)).meta == {"result_count": 0}


@pytest.mark.parametrize(
    "options",
    [
        {"query": "hot " * 150},
        {"query": "(hot"},
        {"query": "hot", "max_results": 9},
        {"query": "hot", "start_time": "2026-11-01T00:00:00Z"},
        {"query": "hot", "next_token": "nonsense"},
    ],
)
async def test_a_search_that_makes_no_sense_is_a_bad_request(x, options):
    with pytest.raises(tweepy.BadRequest):
        await x.search_recent_tweets(**options)
