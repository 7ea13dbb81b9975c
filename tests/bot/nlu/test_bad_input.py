"""What nobody should post and somebody does: it is understood, or honestly not; nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.nlu.language import KNOWN
from bot.vocabulary import Danger
from tests.bot.nlu.schooling import EXAMPLES, an_understander, taught

LONG = 25_000
"""Characters of the longest post that a channel lets somebody write."""

PIECES = (
    *(
        "a",
        "A",
        " ",
        "\n",
        "!",
        "?",
        "'",
        "0",
        "1 ",
        "\x00",
        "\x1b[0m",
        "\t",
        "\ud800",
        "\udfff",
        "\ufffd",
        "\U0010ffff",
    ),
    *("\u200b", "\u200d", "\u202e", "\u2067", "\ufeff", "\u00ad", "\u0301", "\ufdfa", "\u1160"),
    *("\U0001f600", "\U0001f468\u200d\U0001f469", "\U0001f1ea\U0001f1f8", "#", "@", "@a ", "&amp;", "&#0;", "&"),
    *("https://t.co/a", "[", "](", "{", "<3", "</s>", "[PAD]", "%s", "{0}", "\\"),
    *("no ", "not ", "never ", "llevo ", "seit ", "reicht ", "fed up ", "smok", "burnt", "lawyer ", "worst"),
    *("dock ", "مرحبا ", "שלום ", "你好", "नमस्ते ", "ありがとう", "Привет ", "ß", "İ", "ﷺ", "𝕳𝖊𝖑𝖕 ", "z̷̧̢"),
)

POSTS = st.one_of(
    st.text(alphabet=st.characters(), max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
)

ODD = {
    "nothing": "",
    "spaces": " \n\t ",
    "a handle": "@TarnwellHelp",
    "handles": "@TarnwellHelp @ana @x",
    "a link": "https://t.co/aB3",
    "emoji": "\U0001f621\U0001f621\U0001f44d\U0001f3fd",
    "flags": "\U0001f1ea\U0001f1f8\U0001f1e9\U0001f1ea",
    "punctuation": "?!?!... ***",
    "digits": "0 12 2026-11-22",
    "one letter": "a",
    "zero width": "\u200b\u200c\u2060\ufeff",
    "controls": "\x00\x07\x1b",
    "half a pair": "\ud83d",
    "right to left": "المنتج لا يعمل بعد التحديث وأنا غاضب جدا",
    "turned around": "\u202emy dock is dead\u202c",
    "mixed scripts": "my доck 没有 picture שחור",
    "marks upon marks": "h\u0336\u0337\u0338e\u0336l\u0336p\u0336",
    "long": "my dock shows no picture. " * (LONG // 26),
    "one long word": "a" * LONG,
    "many short words": "no " * (LONG // 3),
    "a wall of exclamation": "!" * LONG,
    "a wall of handles": "@a " * (LONG // 3),
    "a wall of brackets": "[" * LONG,
}


def assert_honest(read):
    languages = {language.iso_code_639_1.name.lower() for language in KNOWN}

    assert all(0 <= ranked.probability <= 1 for ranked in (*read.intents, *read.dangers))
    assert all(0 <= probability <= 1 for probability in (read.mood, read.danger, read.strange))
    assert read.strange + sum(intent.probability for intent in read.intents) == pytest.approx(1, abs=0.01)
    assert {danger.label for danger in read.dangers} == set(Danger)
    assert read.language is None or read.language in languages
    if not read.text:
        assert (read.strange, read.language) == (1.0, None)


@pytest.fixture(scope="module")
def understander(detector):
    return an_understander(languages=detector)


@settings(deadline=None)
@given(st.lists(POSTS, min_size=1, max_size=3))
def test_any_posts_are_understood_or_honestly_not(understander, posts):
    read = understander.understand(posts)

    assert len(read) == len(posts)
    for one in read:
        assert_honest(one)


@pytest.mark.parametrize("post", ODD.values(), ids=ODD.keys())
def test_an_odd_post_is_understood_or_honestly_not(understander, post):
    assert_honest(understander.understand([post])[0])


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_a_post_of_one_piece_over_and_over_is_cut_and_not_lingered_over(understander, piece):
    (read,) = understander.understand([piece * (LONG // len(piece))])

    assert_honest(read)


@pytest.mark.parametrize(
    "name", ["nothing", "spaces", "a handle", "handles", "a link", "emoji", "zero width", "controls"]
)
def test_a_post_without_a_word_is_no_danger_and_wants_nothing_known(understander, name):
    (read,) = understander.understand([ODD[name]])

    assert (read.text, read.language, read.strange) == ("", None, 1.0)
    assert read.danger < 0.5


def test_a_bad_post_changes_nothing_in_how_the_others_are_read(understander):
    alone = understander.understand(["how do I pair the pen"])[0]

    assert understander.understand([*ODD.values(), "how do I pair the pen"])[-1] == alone


def test_what_nobody_sees_hides_no_danger(understander):
    seen, hidden = understander.understand(["my lawyer will call you", "my law\u200byer will ca\u00adll you"])

    assert hidden.danger == seen.danger


@pytest.fixture(scope="module")
def real(sentence_encoder, detector):
    return an_understander(sentence_encoder, heads=taught(EXAMPLES, sentence_encoder).heads, languages=detector)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(POSTS, min_size=1, max_size=8))
def test_the_real_encoder_takes_any_posts(real, posts):
    for one in real.understand(posts):
        assert_honest(one)


def test_the_real_encoder_takes_odd_posts(real):
    for one in real.understand(list(ODD.values())):
        assert_honest(one)
