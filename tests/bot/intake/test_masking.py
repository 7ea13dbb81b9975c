from __future__ import annotations

import pytest

from bot.intake.masking import masked
from bot.personal import Personal, Privacy
from bot.vocabulary import Audience, Parent
from tests.bot.values import a_mention

PRIVACY = Privacy(keep=(r"TN-\d{6}",))


def test_a_public_mention_is_masked_and_so_are_the_posts_it_replies_to():
    parent = Parent(post_id="1", author_handle="bo", text="I am at 020 7946 0958")
    made = masked(a_mention("mine is ana@example.com", parents=(parent,)), PRIVACY)

    assert (made.text, made.masked) == ("mine is [e-mail]", (Personal.EMAIL,))
    assert made.parents[0].text == "I am at [phone]"


@pytest.mark.parametrize("values", [{"audience": Audience.PRIVATE}, {"ours": True}])
def test_direct_messages_and_our_own_posts_stay_as_they_are(values):
    mention = a_mention("ana@example.com", **values)

    assert masked(mention, PRIVACY) == mention
