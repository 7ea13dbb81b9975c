"""Signatures of webhooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Forged
from responders.webhook.signing import sign, verify

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))


def check(body, *, signature, timestamp=STAMP, secret="secret", now=NOW):  # noqa: S107
    verify(body, timestamp=timestamp, signature=signature, secret=secret, now=now, tolerance_seconds=300)


@given(st.binary(), st.text(min_size=1).filter(lambda text: text.isascii()))
def test_what_is_signed_passes(body, secret):
    check(body, signature=sign(body, timestamp=STAMP, secret=secret), secret=secret)


@given(st.binary(), st.binary())
def test_another_body_is_forged(body, other):
    if body != other:
        with pytest.raises(Forged):
            check(other, signature=sign(body, timestamp=STAMP, secret="secret"))


@given(st.binary(), st.integers(0, 70), st.characters(codec="ascii"))
def test_a_changed_signature_is_forged(body, place, sign_of_it):
    right = sign(body, timestamp=STAMP, secret="secret")
    wrong = right[:place] + sign_of_it + right[place + 1 :]
    if wrong != right:
        with pytest.raises(Forged):
            check(body, signature=wrong)


@given(st.text())
def test_any_text_for_a_signature_is_forged_and_nothing_worse(signature):
    with pytest.raises(Forged):
        check(b"{}", signature=signature)


@given(st.text())
def test_any_text_for_a_timestamp_is_forged_and_nothing_worse(timestamp):
    if timestamp != STAMP:
        with pytest.raises(Forged):
            check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret="secret"), timestamp=timestamp)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_what_was_signed_too_long_ago_or_too_early_is_forged(seconds):
    with pytest.raises(Forged, match="off"):
        check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret="secret"), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_clocks_may_differ_a_little(seconds):
    check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret="secret"), now=NOW + timedelta(seconds=seconds))


def test_another_secret_signs_nothing():
    with pytest.raises(Forged):
        check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret="other"))


def test_without_a_secret_nothing_passes():
    with pytest.raises(Forged):
        check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret=""), secret="")


def test_a_signature_of_another_moment_does_not_carry_over():
    later = str(int(STAMP) + 1)
    with pytest.raises(Forged):
        check(b"{}", signature=sign(b"{}", timestamp=STAMP, secret="secret"), timestamp=later)
