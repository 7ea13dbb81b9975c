from __future__ import annotations

import pytest

from bot.personal import Personal, Privacy, mask

CARD, IBAN, PHONE, EMAIL = Personal.CARD, Personal.IBAN, Personal.PHONE, Personal.EMAIL
KEEP = (r"TN-\d{6}", r"TW[0-9A-Z]{8}", r"R-\d{4,6}")
REGIONS = ("US", "GB", "ES", "DE")


def masks(text, *, keep=KEEP, regions=REGIONS):
    return mask(text, Privacy(keep=keep, regions=regions))


CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111\u00a01111\u00a01111\u00a01111",
    "5555555555554444",
    "2223 0031 2200 3222",
    "3782 822463 10005",
    "3056 9309 0259 04",
    "3530 1113 3330 0000",
    "6011 1111 1111 1117",
    "6304000000000000",
]


@pytest.mark.parametrize("number", CARDS)
def test_a_card_number_is_masked_however_it_is_grouped(number):
    assert masks(f"charged {number}!") == ("charged [card]!", (CARD,))


def test_a_card_number_is_found_among_other_groups_of_digits():
    assert masks("4111 1111 1111 1111 1227 123")[0] == "[card] 1227 123"
    assert masks("2026 4111 1111 1111 1111")[0] == "2026 [card]"


IBANS = [
    "DE89370400440532013000",
    "de89 3704 0044 0532 0130 00",
    "GB82 WEST 1234 5698 7654 32",
    "ES9121000418450200051332",
]


@pytest.mark.parametrize("number", IBANS)
def test_an_iban_is_masked_and_the_words_after_it_stay(number):
    assert masks(f"to {number} please") == ("to [IBAN] please", (IBAN,))


PHONES = [
    "+44 20 7946 0958",
    "020 7946 0958",
    "07700 900123",
    "(202) 555-0143",
    "202-555-0143",
    "2025550143",
    "+1 202.555.0143",
    "612 345 678",
    "+34 612345678",
    "0171 2345678",
    "+49 (0)171 2345678",
    "+81 3-1234-5678",
]


@pytest.mark.parametrize("number", PHONES)
def test_a_phone_number_is_masked_in_each_of_the_countries_and_with_a_plus_in_all(number):
    assert masks(f"call {number} now") == ("call [phone] now", (PHONE,))


def test_a_national_number_of_a_country_that_is_not_named_stays():
    assert masks("612 345 678", regions=("US",)) == ("612 345 678", ())


@pytest.mark.parametrize(
    "address", ["ana@example.com", "ana.b+shop@mail.example.co.uk", "ANA@EXAMPLE.ORG", "ñandú@correo.es"]
)
def test_an_e_mail_address_is_masked(address):
    assert masks(f"write to {address}.") == ("write to [e-mail].", (EMAIL,))


NOTHING = [
    "order TN-204817",
    "tn-204817 and R-12345",
    "my TW12345678 and TW20255501",
    "serial 5CD1234ABC",
    "ticket #2025550143",
    "4111 1111 1111 1112",  # the sum is wrong
    "DE88 3704 0044 0532 0130 00",  # the sum is wrong
    "IMEI 356938035643809",  # the sum is right, but no issuer has such numbers
    "it cost $1,234,567.00, not 1.299,00 €",
    "600 000 000 € and EUR 612345678",
    "between 2026-11-20 09:15 and 2026-11-21 22:44",
    "11.12.2026, 12/12/2026, 20261212",
    "Book 13 Pro 2026 with 13900K, 4090, 512GB and 120Hz",
    "Windows 10.0.19045.3803, KB5031455, 0x80070057",
    "see https://x.com/ana/status/1790000000000000000",
    "www.example.com/4111111111111111",
    "1790000000000000000",
    "1Z999AA10123456784",
    "@TarnwellHelp thanks @ana_2025550143",
    "love it.@TarnwellHelp",
    "192.168.100.200 is down",
    "",
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_personal_data_stays(text):
    assert masks(text) == (text, ())


def test_a_number_that_is_a_case_number_in_part_only_is_masked():
    assert masks("4111 1111 1111 1111", keep=(r"\d{4}",))[0] == "[card]"


def test_without_case_numbers_nothing_is_kept_from_the_mask():
    assert masks("call 202-555-0143", keep=())[1] == (PHONE,)


def test_several_kinds_are_all_masked_and_each_is_named_once():
    text, kinds = masks("@brand ana@example.com, bo@example.com, 4111111111111111 or 020 7946 0958 for TN-204817")

    assert text == "@brand [e-mail], [e-mail], [card] or [phone] for TN-204817"
    assert kinds == (CARD, EMAIL, PHONE)


def test_masking_twice_changes_nothing_more():
    once = masks("card 4111111111111111, mail ana@example.com")[0]

    assert masks(once) == (once, ())
