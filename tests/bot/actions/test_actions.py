from __future__ import annotations

import pytest

from bot.actions.answer import answer
from bot.actions.draft import draft
from bot.actions.hand_off import GOALS, INVITATIONS, hand_off
from bot.vocabulary import Priority, Reason, ReplyKind, Route
from knowledge.composing import Form
from responders.counting import fits
from responders.policy import has_link
from tests.bot.values import a_candidate, a_decision, admitted, an_understanding

FORM = Form(signature="^Bot", fits=fits, is_link=has_link)
SHORT = "Choose Forgotten password on the log-in page."


def handed(*reasons, **values):
    return hand_off(admitted(), a_decision(Route.HANDOFF, *(reasons or (Reason.UNCERTAIN,)), **values), FORM)


def test_an_answer_is_the_reviewed_text_signed():
    mention = admitted(id=5, post_id="77", conversation_id=9)
    reply = answer(mention, a_decision(), "^Bot")

    assert reply.text == f"{SHORT} ^Bot"
    assert (reply.kind, reply.author) == (ReplyKind.AUTOMATIC, "")
    assert (reply.channel, reply.in_reply_to, reply.mention_id, reply.conversation_id) == ("x", "77", 5, 9)


def test_an_answer_is_that_of_the_best_candidate():
    decision = a_decision(candidates=(a_candidate(short_answer="First."), a_candidate(short_answer="Second.")))

    assert answer(admitted(), decision, "^Bot").text == "First. ^Bot"


@pytest.mark.parametrize("values", [{"reviewed": False}, {"short_answer": " "}])
def test_nothing_that_no_person_approved_can_be_answered_with(values):
    with pytest.raises(ValueError, match="'reset-password' has no reviewed short answer"):
        answer(admitted(), a_decision(candidates=(a_candidate(**values),)), "^Bot")


def test_a_draft_names_its_article_and_confidence():
    made = draft(admitted(id=5), a_decision(Route.DRAFT, Reason.UNCERTAIN, confidence=0.5), FORM)

    assert (made.text, made.article_id, made.confidence, made.mention_id) == (f"{SHORT} ^Bot", "reset-password", 0.5, 5)


def test_a_draft_from_an_unreviewed_article_speaks_of_what_was_asked():
    full = "Passwords expire. Nobody knows why. The link in the letter works for 30 minutes. " + "Nothing else. " * 20
    best = a_candidate(reviewed=False, short_answer="", full_answer=full)
    asked = an_understanding("how long does the link in the letter work")

    made = draft(admitted(), a_decision(Route.DRAFT, candidates=(best,), understanding=asked), FORM)

    assert "The link in the letter works for 30 minutes." in made.text
    assert made.text.endswith(" ^Bot")
    assert fits(made.text)


@pytest.mark.parametrize(("intent", "goal"), GOALS.items())
def test_a_handoff_says_what_the_customer_wants(intent, goal):
    assert handed(understanding=an_understanding(intents={intent: 0.9, "question": 0.1})).goal.startswith(goal)


def test_a_handoff_of_a_question_names_the_nearest_article():
    assert "How do I reset my password?" in handed().goal


def test_a_handoff_names_no_article_that_is_too_unlikely():
    assert "password" not in handed(candidates=(a_candidate(confidence=0.01),), confidence=0.01).goal


def test_a_handoff_of_what_no_article_covers_has_a_goal_all_the_same():
    assert handed(candidates=(), confidence=0.0).goal


def test_an_intent_that_is_a_mere_guess_is_no_goal():
    guess = an_understanding(intents={"legal": 0.2, "question": 0.19})

    assert GOALS["legal"] not in handed(understanding=guess).goal


def test_a_mention_that_was_not_read_can_be_handed_off():
    made = handed(Reason.UNREADABLE, understanding=None, candidates=(), confidence=0.0)

    assert made.goal
    assert (made.mood, made.suggestion) == (0.0, "")


@pytest.mark.parametrize("reason", [Reason.IRATE, Reason.SAFETY, Reason.ASKED_FOR_PERSON])
@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_a_customer_in_need_is_invited_in_their_language(reason, language):
    made = handed(reason, understanding=an_understanding(language=language))

    assert made.suggestion == INVITATIONS[language]


@pytest.mark.parametrize("language", ["fr", None])
def test_an_invitation_falls_back_to_english(language):
    made = handed(Reason.IRATE, understanding=an_understanding(language=language))

    assert made.suggestion == INVITATIONS["en"]


def test_in_a_language_without_answers_the_nearest_article_is_offered_and_its_language_named():
    made = handed(Reason.LANGUAGE, understanding=an_understanding("mot de passe", language="fr"))

    assert made.suggestion == f"{SHORT} ^Bot"
    assert made.goal == "Perhaps asks: How do I reset my password? (in English: translate before you send)"


def test_an_article_in_a_language_that_has_no_name_here_goes_by_its_code():
    best = a_candidate(language="pt")

    assert "(in pt: translate" in handed(candidates=(best,)).goal


def test_in_a_language_without_answers_nothing_is_offered_that_is_too_unlikely():
    made = handed(Reason.LANGUAGE, understanding=an_understanding(language="fr"), confidence=0.01)

    assert made.suggestion == ""


def test_an_article_in_the_customers_language_is_named_without_its_language():
    assert handed().goal == "Perhaps asks: How do I reset my password?"


def test_an_unanswered_question_gets_no_invitation():
    assert handed(Reason.UNCERTAIN).suggestion == ""


@pytest.mark.parametrize("text", INVITATIONS.values())
def test_an_invitation_fits_one_post_with_an_agents_initials(text):
    assert fits(f"{text} ^AB")


def test_a_handoff_carries_mood_reasons_and_priority():
    made = hand_off(
        admitted(id=5),
        a_decision(
            Route.HANDOFF,
            Reason.IRATE,
            understanding=an_understanding(mood=0.8),
            priority=Priority(mood=0.15, urgency=0.25),
        ),
        FORM,
    )

    assert (made.mood, made.reasons, made.priority, made.mention_id) == (0.8, (Reason.IRATE,), 0.4, 5)
