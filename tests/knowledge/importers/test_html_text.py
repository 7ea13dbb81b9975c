from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.importers.html_text import to_markdown
from knowledge.plain import pieces


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Tea &amp; coffee</p>", "Tea & coffee"),
        ("<p>one</p>\n\n<p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<p>so   much\n room</p>", "so much room"),
        ("press <code>a &lt; b</code> now", "press `a < b` now"),
        ("see <a href='https://example.org'>the page</a>", "see the page"),
        ("<h2>Cleaning</h2><p>Use vinegar.</p>", "## Cleaning\n\nUse vinegar."),
        ("<blockquote><p>one</p><p>two</p></blockquote>", "> one\n\n> two"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a | b\n\n1 | 2"),
        ("before <img src='x' alt='a cup'> after", "before after"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("", ""),
        ("<code></code>", ""),
    ],
)
def test_markup_becomes_text(html, markdown):
    assert to_markdown(html) == markdown


def test_lists_keep_their_marks_numbers_and_depth():
    inner = "<ul><li>water</li><li>vinegar</li></ul>"
    html = f"<p>Do:</p><ol start='2'><li>fill{inner}</li><li><p>boil</p><p>wait</p></li></ol>"

    assert to_markdown(html) == "Do:\n\n2. fill\n    - water\n    - vinegar\n3. boil\n\n    wait"


def test_code_keeps_its_lines():
    html = "<pre><code>if hot:\n    &lt;stop&gt;\n</code></pre><p>after</p>"

    assert to_markdown(html) == "```\nif hot:\n    <stop>\n```\n\nafter"


def test_code_that_holds_a_fence_gets_another_one():
    assert to_markdown("<pre>```</pre>") == "~~~\n```\n~~~"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        "<aside class='quote no-group'><blockquote>old<aside>inner</aside></blockquote></aside>",
        "<aside class='onebox'><article>Another page</article></aside>",
        "<svg><text>drawn</text></svg>",
    ],
)
def test_what_is_not_said_is_left_out(html):
    assert to_markdown(f"<p>before</p>{html}<p>after</p>") == "before\n\nafter"


def test_steps_are_steps_for_those_who_read_the_markdown():
    html = "<ol><li>Fill it.</li><li>Boil it.<pre>on</pre></li></ol>"

    assert [piece.text for piece in pieces(to_markdown(html), "en")] == ["1) Fill it.", "2) Boil it.", "on"]


@given(st.text(alphabet=st.sampled_from("<>/&;\"' =abpreliolcodesideq1\n"), max_size=200))
def test_any_html_gives_some_text(html):
    assert isinstance(to_markdown(html), str)


@given(st.text(alphabet=st.characters(exclude_characters="<&\r\x00", exclude_categories=("Cc", "Cs")), max_size=200))
def test_text_without_markup_is_kept_up_to_its_room(text):
    assert to_markdown(text).split() == ([] if not text.strip("` \n") and "`" in text else text.split())
