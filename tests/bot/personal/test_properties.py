"""Laws of the mask: what is personal is masked whole wherever it stands, and what is not never is."""

from __future__ import annotations

import re
from datetime import date

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.personal import Personal, Privacy, find, mask
from bot.personal.documents import _CURP_CHARACTERS, _DNI_LETTERS, is_curp, is_dni, is_steuer_id
from bot.personal.payments import IBAN_LENGTHS, passes_luhn

PRIVACY = Privacy(keep=(r"TN-\d{6}", r"TW[0-9A-Z]{8}", r"R-\d{4,6}"))
UNSEEN = "\u200b\u200c\u200d\u2060\u202a\u202c\u200f\u2066\u2069\ufeff\u00ad"

digits = st.text("0123456789", min_size=1)
words = st.text(st.characters(exclude_categories=["N", "Cs"], exclude_characters="@+#/$€£¥%("), max_size=60)


def of_length(least, most=None):
    return st.text("0123456789", min_size=least, max_size=most or least)


def with_luhn(number):
    return next(f"{number}{last}" for last in range(10) if passes_luhn(f"{number}{last}"))


cards = st.one_of(
    st.builds(lambda start, rest: with_luhn(start + rest), st.sampled_from(["4", "51", "55"]), of_length(14)).map(
        lambda number: with_luhn(number[:15])
    ),
    st.builds(lambda start, rest: with_luhn(start + rest), st.sampled_from(["34", "37"]), of_length(12)),
)


@st.composite
def ibans(draw):
    country = draw(st.sampled_from(sorted(IBAN_LENGTHS)))
    account = draw(of_length(IBAN_LENGTHS[country] - 4))
    value = int("".join(str(int(character, 36)) for character in f"{account}{country}00"))
    return f"{country}{98 - value % 97:02}{account}"


@st.composite
def phones(draw):
    region = draw(st.sampled_from(PRIVACY.regions))
    kind = draw(st.sampled_from([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]))
    example = phonenumbers.example_number_for_type(region, kind)
    form = draw(st.sampled_from([phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164]))
    return phonenumbers.format_number(example, form)


emails = st.builds(
    lambda name, host, end: f"{name}@{host}.{end}",
    st.from_regex(r"[a-zñ]{1,8}([._+-][a-z0-9]{1,8}){0,2}", fullmatch=True),
    st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True),
    st.sampled_from(["com", "org", "co.uk", "es", "de"]),
)
dnis = st.builds(lambda number: number + _DNI_LETTERS[int(number) % 23], of_length(8))
nies = st.builds(
    lambda first, rest: f"{'XYZ'[first]}{rest}{_DNI_LETTERS[int(f'{first}{rest}') % 23]}",
    st.integers(0, 2),
    of_length(7),
)
streets = st.one_of(
    st.builds("{} {} {}, {} {}".format, st.integers(1, 9999), st.sampled_from(["High", "Old Mill", "Queen's"]),
              st.sampled_from(["Street", "Rd", "Avenue", "Lane"]), st.sampled_from(["Leeds", "New Haven"]),
              st.sampled_from(["LS1 4AB", "CT 06510"])),
    st.builds("{} {} {}, {} {}".format, st.sampled_from(["Calle", "Avda.", "C/", "Plaza"]),
              st.sampled_from(["Mayor", "de la Cruz", "Alcalá"]), st.integers(1, 999),
              st.sampled_from(["28013", "41001"]),
              st.sampled_from(["Madrid", "Sevilla"])),
    st.builds("{}{} {}, {} {}".format, st.sampled_from(["Goethe", "Bahnhof", "Rosen"]),
              st.sampled_from(["straße", "str.", "weg", "platz", "gasse"]), st.integers(1, 999),
              st.sampled_from(["10115", "80331"]), st.sampled_from(["Berlin", "München", "Bad Homburg"])),
)  # fmt: skip
announced = st.builds(
    lambda cue, street: (cue, street),
    st.sampled_from(
        ["my address is", "I live at", "Mi dirección:", "envíenlo a", "vivo en", "Meine Adresse:", "Lieferadresse"]
    ),
    st.one_of(streets, streets.map(lambda street: street.rpartition(",")[0])),
)
things = st.one_of(
    of_length(6).map("TN-{}".format),
    st.text("0123456789ABCDEF", min_size=8, max_size=8).map("TW{}".format),
    of_length(4, 6).map("R-{}".format),
    of_length(10).map("order number {}".format),
    of_length(10).map("Bestellnummer: {}".format),
    of_length(10).map("pedido {}".format),
    of_length(10, 12).map("tracking {}".format).filter(lambda text: not re.search(r" [56]\d{11}$| 50", text)),
    of_length(9).map("serial no. {}".format),
    of_length(14).map(lambda number: f"IMEI {with_luhn(number)}"),
    st.builds("{}.{:02} €".format, st.integers(1, 10**6), st.integers(0, 99)),
    st.builds("${:,}".format, st.integers(1, 10**9)),
    st.builds(
        lambda day, form: day.strftime(form),
        st.dates(date(1900, 1, 1)),
        st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m-%d-%Y", "%d.%m.%y"]),
    ),
    st.builds("{}.{}.{}.{}".format, *[st.integers(0, 99)] * 2, *[st.integers(0, 9999)] * 2).map("version {}".format),
    st.builds("0x8007{:04X}".format, st.integers(0, 0xFFFF)),
    of_length(1, 6),
)
kinds = [
    (Personal.CARD, cards),
    (Personal.IBAN, ibans()),
    (Personal.PHONE, phones()),
    (Personal.EMAIL, emails),
    (Personal.DOCUMENT, dnis),
    (Personal.DOCUMENT, nies),
]


def masks(text):
    return mask(text, PRIVACY)[0]


@pytest.mark.parametrize(("kind", "numbers"), kinds, ids=["card", "iban", "phone", "e-mail", "dni", "nie"])
@given(data=st.data())
def test_whatever_stands_around_it_is_masked_whole(kind, numbers, data):
    number, before, after = data.draw(numbers), data.draw(words), data.draw(words)
    masked = masks(f"{before} {number} {after}")

    assert number not in masked
    assert f"[{kind}]" in masked


@given(number=cards, places=st.lists(st.tuples(st.integers(1, 12), st.sampled_from(UNSEEN)), max_size=6))
def test_characters_that_nobody_sees_hide_nothing(number, places):
    hidden = number
    for place, character in places:
        hidden = hidden[:place] + character + hidden[place:]

    assert masks(f"it is {hidden} ok") == "it is [card] ok"


@given(number=cards, zero=st.sampled_from("٠۰०０"))
def test_digits_of_another_script_hide_nothing(number, zero):
    assert masks("".join(chr(ord(zero) + int(digit)) for digit in number)) == "[card]"


@given(number=cards, by=st.sampled_from([" ", "-", ".", "\u00a0", "\u2011", " - "]))
def test_grouping_hides_no_card(number, by):
    grouped = by.strip(" ").join([number[:4], number[4:8], number[8:12], number[12:]]) if by == " - " else by.join(
        [number[:4], number[4:8], number[8:12], number[12:]]
    )  # fmt: skip

    assert masks(grouped) == "[card]"


@given(announced=announced, after=st.sampled_from(["", ". Thanks!", " gracias", "\nDanke"]))
def test_an_address_that_words_announce_is_masked_whole(announced, after):
    cue, street = announced

    assert masks(f"{cue} {street}{after}") == f"{cue} [address]{after}"


@given(street=streets)
def test_a_street_with_its_postcode_needs_no_words(street):
    assert masks(f"parcel: {street}") == "parcel: [address]"


@given(street=streets)
def test_a_street_without_words_and_postcode_is_a_place_like_any(street):
    bare = street.rpartition(",")[0]

    assert masks(f"the shop {bare.split(',')[0]} closed") == f"the shop {bare.split(',')[0]} closed"


@given(
    name=st.sampled_from(["passport", "DNI", "Reisepass", "driver's license no.", "SSN:", "my CURP is", "Steuer-ID"]),
    number=st.from_regex(r"[A-Z]{0,2}[0-9]{6,9}", fullmatch=True),
)
def test_a_number_beside_the_name_of_a_document_is_masked(name, number):
    assert masks(f"{name} {number} thanks") == f"{name} [document] thanks"


@given(thing=things, before=words, after=words)
def test_numbers_of_things_are_never_masked(thing, before, after):
    text = f"hello {thing} ok"

    assert masks(text) == text
    assert masks(f"{before} {thing} ok").endswith(f" {thing} ok") or masks(before) != before


@given(text=st.text(st.characters(exclude_categories=["N", "Cs"], exclude_characters="@＠")))
def test_without_a_digit_and_an_at_sign_nothing_is_personal(text):
    assert masks(text) == text


pieces = st.one_of(
    *(numbers for _, numbers in kinds), streets, things, words, digits, st.text(), st.text("0123456789 .-+@/(),\n[]")
)


@given(st.lists(pieces, max_size=8), st.sampled_from(["", " ", ", ", "\u200b", "\n"]))
def test_masking_twice_changes_nothing_more(parts, by):
    once = masks(by.join(parts))

    assert masks(once) == once


@given(st.one_of(st.text(), st.text(st.characters(), max_size=300), st.text("0123456789 +-.()@aX\u200f\u0661\ud800")))
def test_no_text_is_too_odd(text):
    found = find(text, PRIVACY)

    assert all(0 <= span.start < span.end <= len(text) for span, _ in found)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    "piece",
    ["1", "12 ", "4111 ", "a@", "a-", "%", "passport ", "order number ", "12 High ", "calle a ", "am ", "straße ", "$",
     "DE89 ", "X-1-", "imei ", "+1 ", "(1) ", "1\u200b", " ", "is my ", "send it to "],
)  # fmt: skip
def test_no_text_of_the_longest_length_is_refused_or_left_unread(piece):
    text = (piece * 25_000)[:24_900] + " and mail ana@example.com or C/ Mayor 5, 28013 Madrid"

    assert masks(text).endswith(" or [address]")


@given(dnis)
def test_a_letter_of_a_dni_that_is_wrong_makes_it_no_dni(number):
    wrong = _DNI_LETTERS[(_DNI_LETTERS.index(number[-1]) + 1) % 23]

    assert is_dni(number)
    assert masks(f"part {number[:-1]}{wrong}") == f"part {number[:-1]}{wrong}"


@given(st.from_regex(r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9]", fullmatch=True))
def test_exactly_one_last_digit_makes_a_curp(start):
    right = [last for last in range(10) if is_curp(f"{start}{last}")]

    assert len(right) == 1
    assert len(_CURP_CHARACTERS) == 37
    assert masks(f"{start}{right[0]}") == "[document]"


def test_a_steuer_id_needs_its_sum_and_a_repeated_digit():
    assert is_steuer_id("86095742719")
    assert masks("86 095 742 719") == "[document]"
    assert not is_steuer_id("86095742718")
    assert not any(is_steuer_id(f"1234567890{last}") for last in range(10))
