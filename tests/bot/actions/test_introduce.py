from __future__ import annotations

import pytest

from bot.actions.introduce import INTRODUCTIONS, introduce
from bot.settings import ReplyingSettings
from bot.vocabulary import Audience, ReplyKind
from responders.policy import Proposal, introduces_itself

PRIVACY = "https://acme.example/privacy"
RULES = ReplyingSettings(privacy_url=PRIVACY)


@pytest.mark.parametrize("language", [*INTRODUCTIONS, None, "fr"])
def test_an_introduced_text_is_what_the_rule_for_first_messages_asks_for(language):
    text = introduce("Hold the power key.", language, RULES)
    proposal = Proposal(
        text=text, kind=ReplyKind.APPROVED, audience=Audience.PRIVATE, addressed=True, summoned=True, answered=False,
        opted_out=False, wrote_first=True, first_message=True, signature="^Bot", privacy_url=PRIVACY,
        stop_words=RULES.stop_words,
    )  # fmt: skip

    assert text.startswith("Hold the power key.")
    assert introduces_itself(proposal) is None


def test_an_introduction_names_a_word_that_opts_out_indeed():
    assert "ENOUGH" in introduce("Hold it.", "en", ReplyingSettings(stop_words=("enough",)))


def test_without_a_privacy_policy_none_is_named():
    assert "Privacy" not in introduce("Hold it.", "en", ReplyingSettings())
