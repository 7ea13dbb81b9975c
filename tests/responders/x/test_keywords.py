from __future__ import annotations

import pytest

from responders.x.keywords import LONGEST_QUERY, XKeywords, queries
from responders.x.posts import Account
from sandbox.limits import Endpoint
from tests.responders.x.listening import Ear

US = Account(id="100", handle="TarnwellHelp")


@pytest.fixture
async def ear(client, settings, clock):
    worded = settings.model_copy(update={"keywords": ("tarnwell", "book 13")})
    listening = Ear(XKeywords(client, worded, clock), clock)
    await listening.look()
    return listening


async def test_a_post_with_one_of_our_words_is_heard_and_is_never_one_to_answer(ear, say):
    said = say("jon", "my Book 13 is great")
    [mention] = (await ear.look()).mentions
    assert (mention.post_id, mention.addressed, mention.summoned) == (said, False, False)


async def test_what_turns_to_us_is_left_to_the_mentions(ear, say):
    ours = say("TarnwellHelp", "Tarnwell opens a shop.")
    say("mara_k", "@TarnwellHelp my tarnwell is broken")
    say("jon", "good for tarnwell", reply_to=ours)
    say("sofia", "tarnwell again", quote_of=ours)
    assert (await ear.look()).mentions == ()


async def test_other_posts_are_not_heard(ear, say):
    say("jon", "nice weather")
    assert (await ear.look()).mentions == ()


async def test_more_posts_than_one_look_takes_are_a_gap(ear, say, sandbox):
    for number in range(520):
        say("jon", f"tarnwell {number}")
    heard = await ear.look()
    assert len(heard.mentions) == 500
    assert sandbox.limits.requests[Endpoint.SEARCH] == 5
    [gap] = heard.gaps
    assert "x.keywords" in gap.why


async def test_a_long_pause_asks_only_for_what_the_search_still_has(ear, say, clock):
    clock.move(days=9)
    said = say("jon", "tarnwell!")
    assert [mention.post_id for mention in (await ear.look()).mentions] == [said]


def test_few_words_are_one_query():
    assert list(queries(("tarnwell", "book 13"), US)) == [
        '("tarnwell" OR "book 13") -from:TarnwellHelp -@TarnwellHelp -to:TarnwellHelp -is:retweet'
    ]


def test_a_quotation_mark_in_a_word_does_not_end_it():
    [query] = queries(('the "book"',), US)
    assert query.startswith('("the  book ") ')


def test_many_words_become_queries_that_x_takes_and_each_word_is_in_one():
    words = tuple(f"tarnwell model number {number}" for number in range(60))
    made = list(queries(words, US))
    assert max(map(len, made)) <= LONGEST_QUERY
    assert sum(f'"{word}"' in query for word in words for query in made) == len(words)
