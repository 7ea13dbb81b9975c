from __future__ import annotations

import pytest

from knowledge.plain import LONGEST, pieces


def texts(markdown, language="en"):
    return [piece.text for piece in pieces(markdown, language)]


def needed(markdown, language="en"):
    return [piece.needs for piece in pieces(markdown, language)]


PLAIN = [
    ("Choose **Forget** and _wait_.", "Choose Forget and wait."),
    ("Edit `boot_order` in snake_case.", "Edit boot_order in snake_case."),
    ("See [the page](https://a.example/b) or ![a picture](c.png) now.", "See the page or now."),
    ("Press <kbd>F2</kbd>, then<br>wait.", "Press F2, then wait."),
    ("Type cd <folder> &amp; enter.", "Type cd <folder> & enter."),
    ("Open Settings > Apps\nand wait.", "Open Settings > Apps and wait."),
    ("As @ana_b said, write to ana@a.example.", "As ana_b said, write to ana@a.example."),
    ("> Quoted text.", "Quoted text."),
    ("5 \\* 3 * 2 = 30.", "5 * 3 * 2 = 30."),
    ("<div>Old <b>forum</b> post.</div>", "Old forum post."),
    ("Run `@echo off` first.", "Run @echo off first."),
]


@pytest.mark.parametrize(("markdown", "plain"), PLAIN)
def test_markup_is_gone_and_the_words_stay(markdown, plain):
    assert texts(markdown) == [plain]


def test_steps_keep_their_numbers_and_items_a_dash():
    assert texts("1. Open it.\n2. Close it. Wait.\n\n- one\n* two") == [
        "1) Open it.",
        "2) Close it.",
        "Wait.",
        "- one",
        "- two",
    ]


def test_each_line_of_code_stands_alone_whatever_is_in_it():
    assert texts("Run:\n\n```sh\nls -l *.txt | wc\necho '**no. 1**'\n```") == [
        "Run:",
        "ls -l *.txt | wc",
        "echo '**no. 1**'",
    ]


def test_sentences_of_one_block_belong_together():
    assert [piece.block for piece in pieces("One. Two.\n\nThree.", "en")] == [0, 0, 1]


def test_a_step_needs_the_step_before_it():
    assert needed("Do it.\n\n1. Open it. Wait.\n2. Close it.") == [(), (), (1,), (1,)]


def test_code_needs_what_announces_it():
    assert needed("Run this.\n\n    first\n    second") == [(), (0,), (1,)]


@pytest.mark.parametrize("announcing", ["# Windows 11", "Do this:", "Still no sound?", "**On the Slate 11**"])
def test_what_only_announces_needs_what_comes_next(announcing):
    first, _ = pieces(f"{announcing}\n\nOpen the settings.", "en")

    assert (first.announces, first.needs) == (True, (1,))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "It blinks. Then press the key."),
        ("en", "It blinks. If it does not, press the key."),
        ("es", "Parpadea. Después pulsa la tecla."),
        ("de", "Sie blinkt. Danach drücken Sie die Taste."),
    ],
)
def test_a_sentence_that_points_back_needs_the_one_before(language, text):
    assert needed(text, language)[1] == (0,)


def test_a_sentence_of_its_own_needs_nothing():
    assert needed("Press the key. Hold it for 5 seconds. Thenceforth all is well.") == [(), (), ()]


def test_only_the_beginning_of_an_endless_text_is_read_and_no_word_of_it_is_cut():
    [only] = pieces("word " * LONGEST, "en")

    assert set(only.text.split()) == {"word"}


def test_there_is_nothing_in_an_empty_text():
    assert pieces("\n\n---\n\n[1]: https://a.example\n", "en") == []
