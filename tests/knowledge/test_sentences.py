from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import sentences

CUT = [
    ("en", ["Open the Hub.", "Restart."]),
    ("en", ["Did it help?", "Great!", "Then you are done."]),
    ("en", ["Use v1.2, e.g. on Windows 11, i.e. not 10.", "It is from tarnwell.example/help and costs 3.50."]),
    ("en", ["Dr. Smith vs. Mr. J. Jones.", "See approx. 5 of them."]),
    ("en", ["See no. 5 and fig. 2.", 'I said "no."', "Then I left."]),
    ("en", ["1. Open the case.", "2. Close it."]),
    ("en", ["Wait… what?", "It hangs... and goes on.", "Well..."]),
    ("en", ["It said (see below.)", "Then it stopped."]),
    ("de", ["Das geht, z. B. mit Windows bzw. am 3. Mai.", "Siehe Nr. 5 und S. 12.", "Danach neu starten."]),
    ("de", ["Es dauert ca. 5 min. bis zum Ende.", "Fertig ist Version 3.", "Prüfen Sie das."]),
    ("de", ["„Wirklich?“", "Ja, d. h. fast."]),
    ("es", ["El Sr. Pérez, p. ej., vio la pág. 5.", "¿Funciona?", "¡Sí!", "En EE. UU. también."]),
    ("fr", ["Ouvrez le Hub.", "Redémarrez."]),
]


@pytest.mark.parametrize(("language", "expected"), CUT)
def test_text_is_cut_between_its_sentences_only(language, expected):
    assert sentences(" ".join(expected), language) == expected


def test_a_text_without_an_end_is_one_sentence():
    assert sentences("  press F2 at the logo ", "en") == ["press F2 at the logo"]


def test_there_is_no_sentence_in_nothing():
    assert sentences(" \n ", "en") == []


@given(st.text(alphabet=" .!?…\n\"')aBzß5¿e.g.z. B.", max_size=200), st.sampled_from(["en", "es", "de", "xx"]))
def test_no_word_is_lost_added_or_moved(text, language):
    assert " ".join(sentences(text, language)).split() == text.split()
