"""Addresses that replies go to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Forged
from responders.email.addresses import read_address, reply_address

DOMAIN = "reply.tarnwell.example"


def made(reference="H7K-2QF-9", key="key"):
    return reply_address(reference, domain=DOMAIN, key=key)


def read(address, key="key"):
    return read_address(address, domain=DOMAIN, key=key)


@pytest.mark.parametrize("change", [str, str.lower, str.upper, str.swapcase])
def test_an_address_names_its_case_in_whatever_letters_it_comes_back(change):
    assert read(change(made())) == "H7K-2QF-9"


def test_an_address_is_short_enough_for_every_mail_server():
    assert len(made().partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "address",
    [
        "case@reply.tarnwell.example",
        "case+H7K-2QF-9@reply.tarnwell.example",
        "case+H7K-2QF-9.0000000000000000@reply.tarnwell.example",
        made().replace("H7K", "H7L"),
        made().replace(DOMAIN, "elsewhere.example"),
        made() + ".example",
        made(key="other"),
        "",
    ],
)
def test_an_address_that_we_did_not_make_is_forged(address):
    with pytest.raises(Forged):
        read(address)


def test_without_a_key_no_address_is_ours():
    with pytest.raises(Forged):
        read(made(key=""), key="")


@given(st.text())
def test_any_text_is_forged_and_nothing_worse(address):
    with pytest.raises(Forged):
        read(address)
