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


def test_our_own_posts_stay_as_they_are():
    mention = a_mention("ana@example.com", ours=True)

    assert masked(mention, PRIVACY) == mention


@pytest.mark.parametrize(
    ("said", "stored", "kinds"),
    [
        ("my card is 4111 1111 1111 1111, thanks", "my card is [card], thanks", (Personal.CARD,)),
        ("please refund to DE89 3704 0044 0532 0130 00", "please refund to [IBAN]", (Personal.IBAN,)),
    ],
)
def test_what_pays_is_masked_in_direct_messages_too(said, stored, kinds):
    made = masked(a_mention(said, audience=Audience.PRIVATE), PRIVACY)

    assert (made.text, made.masked) == (stored, kinds)


@pytest.mark.parametrize(
    "said",
    ["I am Ana Rey, ana@example.com", "call me at 020 7946 0958", "I live at 12 Mill Road, Leeds", "order TN-204817"],
)
def test_how_a_customer_can_be_reached_stays_in_direct_messages(said):
    mention = a_mention(said, audience=Audience.PRIVATE)

    assert masked(mention, PRIVACY) == mention


def test_what_stands_beside_a_card_in_a_direct_message_stays():
    said = "ana@example.com, card 4111 1111 1111 1111, phone +44 20 7946 0958"
    made = masked(a_mention(said, audience=Audience.PRIVATE), PRIVACY)

    assert made.text == "ana@example.com, card [card], phone +44 20 7946 0958"
