"""What is new in a reply mail."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.vocabulary import DeskEventKind
from responders.cases import MalformedEvent
from responders.email.quoting import new_words
from responders.email.replies import RESOLVED, read_reply

REFERENCE = "H7K-2QF-9"

QUOTATIONS = [
    "> Case H7K-2QF-9",
    "On Fri, 20 Nov 2026 at 12:00, Tarnwell <bot@tarnwell.example> wrote:\n> Case",
    "On Fri, 20 Nov 2026 at 12:00, Tarnwell\n<bot@tarnwell.example> wrote:\n\n> Case",
    "Am Fr., 20. Nov. 2026 um 12:00 Uhr schrieb Tarnwell <bot@tarnwell.example>:\n> Fall",
    "El vie, 20 nov 2026 a las 12:00, Tarnwell (<bot@tarnwell.example>) escribió:\n> Caso",
    "-----Original Message-----\nFrom: Tarnwell",
    "-----Ursprüngliche Nachricht-----\nVon: Tarnwell",
    "________________________________\nFrom: Tarnwell",
    "From: Tarnwell <bot@tarnwell.example>\nSent: Friday, 20 November 2026\nTo: Service",
    "Von: Tarnwell <bot@tarnwell.example>\nGesendet: Freitag, 20. November 2026",
    "De: Tarnwell <bot@tarnwell.example>\nEnviado: viernes",
    "-- \nIlse Brandt\nService",
    "--\nIlse Brandt",
]


def a_mail(text="The new dock left today.", **headers):
    mail = EmailMessage()
    given = {"From": "Ilse Brandt <ilse@tarnwell.example>", "Message_ID": "<1@tarnwell.example>"} | headers
    for name, value in given.items():
        if value is not None:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def read(mail):
    return read_reply(mail if isinstance(mail, bytes) else mail.as_bytes(), REFERENCE)


def test_the_words_their_author_and_the_mails_own_id_are_the_event():
    event = read(a_mail("Grüße, das neue Dock ist unterwegs. 🎉"))
    assert (event.kind, event.text, event.author, event.id, event.reference) == (
        DeskEventKind.REPLY, "Grüße, das neue Dock ist unterwegs. 🎉", "Ilse Brandt", "<1@tarnwell.example>", REFERENCE,
    )  # fmt: skip


@pytest.mark.parametrize("quotation", QUOTATIONS)
def test_what_a_mail_quotes_and_how_it_is_signed_is_not_said_again(quotation):
    assert read(a_mail(f"It left today.\n\nTrack it tomorrow.\n\n{quotation}\n")).text == (
        "It left today.\n\nTrack it tomorrow."
    )


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we wrote: it ships soon. It has shipped.",
        "From: the warehouse we hear that it left.",
        "He wrote:\nwe will see. And we did.",
        "a -- b",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text):
    assert read(a_mail(text)).text == text


@pytest.mark.parametrize("word", sorted(RESOLVED))
@pytest.mark.parametrize("change", [str, str.upper, "  {} ".format])
def test_a_first_line_resolves_the_case_and_the_rest_is_the_last_word(word, change):
    event = read(a_mail(f"{change(word)}\nAll done, the dock is with you.\n\n> Case"))
    assert (event.kind, event.text) == (DeskEventKind.RESOLVED, "All done, the dock is with you.")


def test_a_case_can_be_resolved_without_a_word():
    event = read(a_mail("#resolved\n\n> Case H7K-2QF-9"))
    assert (event.kind, event.text) == (DeskEventKind.RESOLVED, "")


def test_the_word_in_a_later_line_resolves_nothing():
    assert read(a_mail("Not yet.\n#resolved")).kind is DeskEventKind.REPLY


@pytest.mark.parametrize("text", ["", "\n\n", "> Case H7K-2QF-9\n> all of it", "-- \nIlse"])
def test_a_mail_that_says_nothing_new_is_refused_with_a_sentence(text):
    with pytest.raises(MalformedEvent, match="nothing new"):
        read(a_mail(text))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; reason=vacation"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
    ],
)
def test_a_note_of_absence_is_nobodys_word(headers):
    assert read(a_mail("I am away until Monday.", **headers)) is None


def test_a_person_may_say_that_no_program_wrote():
    assert read(a_mail(Auto_Submitted="no")) is not None


def test_files_are_named_and_not_kept():
    mail = a_mail("Here is the label.")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="label.pdf")
    assert read(mail).text == "Here is the label.\n[label.pdf]"


def test_of_two_forms_the_plain_one_is_read():
    mail = a_mail("The plain words.")
    mail.add_alternative("<p>The other words.</p>", subtype="html")
    assert read(mail).text == "The plain words."


def test_html_alone_is_read_without_its_markup_and_quotation():
    mail = a_mail()
    mail.set_content(
        "<html><head><style>p {color: red}</style></head><body><p>It left <b>today</b>.</p><p>A &amp; B</p>"
        "<div>On Friday Tarnwell wrote:</div><blockquote>Case</blockquote></body></html>",
        subtype="html",
    )
    assert read(mail).text == "It left today.\n\nA & B"


@pytest.mark.parametrize("charset", ["latin-1", "utf-8", "windows-1252"])
def test_any_character_set_is_read(charset):
    mail = EmailMessage()
    mail["From"] = "ilse@tarnwell.example"
    mail.set_content("Grüße aus Köln", charset=charset)
    assert read(mail).text == "Grüße aus Köln"


def test_an_unknown_character_set_is_read_as_far_as_it_goes():
    raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\nIt left today.\r\n"
    assert read(raw).text == "It left today."


def test_a_mail_without_an_id_is_known_again_by_its_bytes():
    raw = a_mail(Message_ID=None).as_bytes()
    assert read(raw).id == read(raw).id
    assert read(raw).id != read(a_mail("Other words.", Message_ID=None)).id


def test_an_address_alone_is_nobodys_name():
    assert read(a_mail(From="ilse@tarnwell.example")).author == ""


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters=">|-_*#:"), min_size=1)


@given(st.lists(_WORDS, min_size=1, max_size=5), st.sampled_from(QUOTATIONS))
def test_whatever_stands_above_a_quotation_is_all_that_is_new(lines, quotation):
    assert new_words("\n".join([*lines, "", quotation])) == "\n".join(lines)


@given(st.text())
def test_what_is_new_is_the_beginning_of_the_mail(text):
    assert text.strip().startswith(new_words(text))


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_reply_or_say_nothing(raw):
    _read_or_refuse(raw)


@given(
    st.sampled_from(
        ["text/plain", "text/html", "multipart/mixed", "multipart/alternative; boundary=x", "message/rfc822"]
    ),
    st.sampled_from(["7bit", "base64", "quoted-printable", "nonsense"]),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60),
    st.binary(max_size=400),
)
def test_a_mail_malformed_in_any_way_is_a_reply_or_says_nothing(kind, encoding, header, body):
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\nFrom: {header}\r\nMessage-ID: {header}\r\n"
    )
    _read_or_refuse(head.encode("latin-1") + f"Auto-Submitted: {header}\r\n\r\n".encode("latin-1") + body)


def _read_or_refuse(raw):
    try:
        event = read(raw)
    except MalformedEvent:
        return
    assert event is None or 0 < len(event.id) <= 500
