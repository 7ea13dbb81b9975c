from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.nlu.lexicon import LEXICONS, NAMES, SECTIONS, STRENGTHENED, TURNED, WEAKENED, Lexicons, load_lexicons

GOOD = """[words]
good\t2\t0
goodbye\t-1\t0
bad\t-2\t1
not bad\t1\t0
awful*\t-3\t2
awfully nice\t3\t0
<3\t3\t0
\U0001f621\t-3\t4
don't bother\t-2\t1
[negations]
not
never
[boosters]
very
[softeners]
somewhat
"""


@pytest.fixture
def written(tmp_path):
    """Writes a lexicon and gives its folder."""

    def write(text, name="en.txt"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


@pytest.fixture
def colours(written):
    """Gives the colours that a text has by the good lexicon."""
    lexicon = Lexicons.read(written(GOOD)).by_language["en"]
    return lambda text: [tuple(colour) for colour in lexicon.colours(text.split())]


def colour(lexicons, text, language="en"):
    return dict(zip(NAMES, lexicons.colour([text], [language])[0].tolist(), strict=True))


def test_a_word_has_its_colour(colours):
    assert colours("a good day") == [(2, 0)]
    assert colours("a day") == []


@pytest.mark.parametrize("word", ["awful", "awfulness", "awfully"])
def test_a_stem_colours_all_words_that_begin_so(colours, word):
    assert colours(word) == [(-3, 2)]


def test_a_word_of_its_own_comes_before_a_stem(written):
    lexicon = Lexicons.read(written("awe*\t1\t0\nawesome*\t3\t0\nawe\t-1\t0\n"))

    assert [tuple(c) for c in lexicon.by_language["en"].colours(["awe", "awed", "awesomely"])] == [
        (-1, 0),
        (1, 0),
        (3, 0),
    ]


def test_a_phrase_comes_before_its_words(colours):
    assert colours("this is not bad at all") == [(1, 0)]
    assert colours("awfully nice people") == [(3, 0)]


@pytest.mark.parametrize("text", ["not good", "not so good", "never was it good"])
def test_a_negation_turns_what_follows(colours, text):
    assert colours(text) == [(TURNED * 2, 0.5)]


def test_who_is_not_terrible_angers_nobody(colours):
    assert colours("never awful") == [(TURNED * -3, 0)]


def test_a_negation_reaches_three_words_and_no_further(colours):
    assert colours("not what i call good") == [(2, 0)]


def test_boosters_strengthen_and_softeners_weaken(colours):
    assert colours("very bad") == [(STRENGTHENED * -2, STRENGTHENED)]
    assert colours("somewhat bad") == [(WEAKENED * -2, WEAKENED)]


def test_emphasis_reaches_two_words_and_no_further(colours):
    assert colours("very much bad") == [(STRENGTHENED * -2, STRENGTHENED)]
    assert colours("very much a bad") == [(-2, 1)]


def test_signs_lie_between_minus_one_and_one_and_say_what_was_there(written):
    lexicons = Lexicons.read(written(GOOD))
    bad, good, none = (colour(lexicons, text) for text in ("BAD, awful \U0001f621", "good <3", "a day"))

    assert (bad["good"], bad["sum"]) == (0, -bad["bad"])
    assert bad["angry"] > 0.5
    assert bad["last"] == -0.75
    assert (good["bad"], good["sum"]) == (0, good["good"])
    assert good["best"] == 0.75
    assert set(none.values()) == {0}


def test_a_curled_apostrophe_is_an_apostrophe(written):
    lexicons = Lexicons.read(written("don't\t-1\t0\n"))

    assert colour(lexicons, "don’t")["bad"] > 0


def test_a_share_is_larger_the_shorter_the_text(written):
    lexicons = Lexicons.read(written(GOOD))

    assert (
        colour(lexicons, "bad")["bad_share"]
        > colour(lexicons, "it was a bad day in the long year that I spent")["bad_share"]
    )


@pytest.mark.parametrize("language", [None, "fr"])
def test_where_there_is_no_lexicon_the_one_that_knows_most_counts(written, language):
    written("bad\t-2\t1\nday\t-1\t0\n", "xx.txt")
    lexicons = Lexicons.read(written(GOOD))

    assert lexicons.colour(["a bad day"], [language]) == pytest.approx(lexicons.colour(["a bad day"], ["xx"]))


def test_without_any_lexicon_nothing_has_a_colour():
    assert Lexicons().colour(["a bad day"], ["en"]).tolist() == [[0.0] * len(NAMES)]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("good\t2\n", 1, "not 'entry, tab, valence, tab, anger'.*Give both as numbers"),
        ("[words]\ngood 2 0\n", 2, "not 'entry, tab, valence"),
        ("good\t2\t0\nbad\tlow\t0\n", 2, "not 'entry, tab, valence"),
        ("good\t5\t0\n", 1, "'good' is out of range.*-4 to 4"),
        ("good\t2\t-1\n", 1, "'good' is out of range.*anger 0 to 4"),
        ("good\tnan\t0\n", 1, "'good' is out of range"),
        ("go*\t2\t0\n", 1, r"the stem 'go\*' is too short.*three letters"),
        ("good\t2\t0\n[verbs]\n", 2, "no section 'verbs'.*Use .*negations"),
        (b"good\t2\t0\ncaf\xe9\t1\t0\n", None, "not UTF-8.*Save it as UTF-8"),
        ("good\t2\t0\n\t1\t0\n", 2, "not 'entry, tab, valence"),
    ],
)
def test_a_fault_is_named_by_file_and_line(written, text, line, said):
    folder = written(text)

    with pytest.raises(DataError, match=said) as caught:
        Lexicons.read(folder)
    assert (caught.value.file, caught.value.line) == (str(folder / "en.txt"), line)


@pytest.mark.parametrize("language", ["en", "es", "de"])
def test_the_lexicons_that_ship_are_large_and_whole(language):
    text = (LEXICONS / f"{language}.txt").read_text(encoding="utf-8")
    entries = [line.partition("\t")[0] for line in text.partition("[negations]")[0].splitlines()[1:]]

    assert len(entries) > 1_600
    assert len(set(entries)) == len(entries)
    assert all(f"[{section}]" in text for section in SECTIONS)
    assert [entry for entry in entries if entry != entry.lower()] == []


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("en", ("thanks", "love", "great", "solved", "friendly"), ("worst", "scam", "useless", "broken", "furious")),
        ("es", ("gracias", "genial", "excelente", "amable"), ("peor", "estafa", "inútil", "vergüenza", "furioso")),
        ("de", ("danke", "super", "toll", "freundlich"), ("schlechteste", "abzocke", "frechheit", "kaputt", "wütend")),
    ],
)
def test_the_lexicons_that_ship_know_good_from_bad(language, good, bad):
    lexicons = load_lexicons()

    assert [word for word in good if colour(lexicons, word, language)["sum"] <= 0] == []
    assert [word for word in bad if colour(lexicons, word, language)["sum"] >= 0] == []


@pytest.mark.parametrize(
    ("language", "turned", "plain"),
    [("en", "not helpful", "helpful"), ("es", "nunca amable", "amable"), ("de", "nicht hilfreich", "hilfreich")],
)
def test_the_lexicons_that_ship_know_their_negations(language, turned, plain):
    lexicons = load_lexicons()

    assert colour(lexicons, turned, language)["sum"] < 0 < colour(lexicons, plain, language)["sum"]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(alphabet=st.characters()), st.sampled_from([None, "en", "es", "de", "fr"])), max_size=4)
)
def test_any_text_has_signs_between_minus_one_and_one(said):
    signs = load_lexicons().colour([text for text, _ in said], [language for _, language in said])

    assert signs.shape == (len(said), len(NAMES))
    assert (np.abs(signs) <= 1).all()
