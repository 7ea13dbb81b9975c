"""The page of the help desk webhook says what the code does."""

from __future__ import annotations

import json
import re

import pytest

from bot.desks import DESK_PATH
from responders.webhook.desk import DELIVERY, WAITING_HELPS, as_body
from responders.webhook.events import _Body, read_event
from responders.webhook.signing import SIGNATURE, TIMESTAMP, sign
from tests.responders.desks.values import DELIVERY as DELIVERY_ID
from tests.responders.desks.values import ESCALATION


@pytest.fixture
def page(reference):
    return reference("help-desk-webhook")


def first_block(section):
    return re.search(r"^```json\n(.*?)\n```", section.text, re.MULTILINE | re.DOTALL)[1]


def test_the_test_vector_is_right(page):
    section = page.section("### Test vector")
    secret, timestamp, signature = (row[1].strip("`") for row in section.rows[1:])
    body = first_block(section).encode()
    assert sign(body, timestamp=timestamp, secret=secret) == signature
    assert read_event(body).reference == "H7K-2QF-9"


def test_the_headers_are_those_of_the_code(page):
    assert page.section("## Signatures").column()[:3] == [TIMESTAMP, SIGNATURE, DELIVERY]


def test_the_body_of_a_case_has_the_fields_that_are_sent(page):
    shown = json.loads(first_block(page.section("## A case, from Heed to you")))
    sent = json.loads(as_body(ESCALATION, DELIVERY_ID))
    assert list(shown) == list(sent)
    assert {name: list(shown[name]) for name in ("contact", "consent")} == {
        name: list(sent[name]) for name in ("contact", "consent")
    }


def test_every_field_of_a_case_is_explained(page):
    cells = [row[0] for row in page.section("## A case, from Heed to you").rows if row[0].startswith("`")]
    explained = [name.strip("` ") for cell in cells for name in cell.split(",")]
    assert set(explained) == set(json.loads(as_body(ESCALATION, DELIVERY_ID)))


def test_every_status_that_is_tried_again_is_named(page):
    named = page.section("## A case, from Heed to you").text
    assert [int(status) for status in WAITING_HELPS if str(int(status)) not in named] == []


def test_every_field_of_an_event_is_explained(page):
    section = page.section("## An event, from you to Heed")
    assert section.column() == list(_Body.model_fields)
    assert f"`{DESK_PATH}`" in section.text
