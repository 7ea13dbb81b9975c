from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.personal import Privacy
from bot.settings import LogSettings
from bot.telemetry import UNSPOKEN, set_up_logging

SPOKEN = "my battery is swollen"


@pytest.fixture
def lines(capsys):
    """Sets logging up and gives what was written since; puts the former set-up back at the end."""
    root = logging.getLogger()
    before = root.handlers, root.level

    def read():
        return capsys.readouterr().err

    yield read
    root.handlers, root.level = before[0], before[1]
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("name", sorted(UNSPOKEN))
def test_what_people_write_and_secrets_never_reach_a_log(lines, form, name):
    set_up_logging(LogSettings(format=form))
    structlog.get_logger("heed").info("heard", **{name: SPOKEN})

    assert SPOKEN not in lines()


@pytest.mark.parametrize("name", ["access_token", "consumer_secret", "reply_text", "session_token"])
def test_a_longer_name_of_the_same_thing_is_hushed_too(lines, name):
    set_up_logging(LogSettings())
    structlog.get_logger("heed").info("heard", **{name: SPOKEN})

    assert SPOKEN not in lines()


def test_a_bound_text_is_hushed(lines):
    set_up_logging(LogSettings())
    structlog.get_logger("heed").bind(text=SPOKEN).warning("heard")

    assert SPOKEN not in lines()


def test_a_text_bound_to_the_context_is_hushed(lines):
    set_up_logging(LogSettings())
    with structlog.contextvars.bound_contextvars(author=SPOKEN):
        structlog.get_logger("heed").warning("heard")

    assert SPOKEN not in lines()


def test_an_event_is_one_line_of_json_with_its_ids(lines):
    set_up_logging(LogSettings())
    structlog.get_logger("heed").info("decided", mention=7, route="answer")
    row = json.loads(lines())

    assert (row["event"], row["mention"], row["route"], row["level"]) == ("decided", 7, "answer", "info")


def test_other_libraries_log_in_the_same_form(lines):
    set_up_logging(LogSettings())
    logging.getLogger("other").warning("hello %s", "there")

    assert json.loads(lines())["event"] == "hello there"


@pytest.mark.parametrize("name", ["tweepy", "procrastinate", "aiohttp.access"])
def test_libraries_that_log_requests_are_quiet_even_at_debug(lines, name):
    set_up_logging(LogSettings(level="debug"))
    logging.getLogger(name).info("GET /2/users with %s", SPOKEN)

    assert lines() == ""


def test_events_below_the_level_are_not_written(lines):
    set_up_logging(LogSettings(level="warning"))
    structlog.get_logger("heed").info("decided")

    assert lines() == ""


PERSONAL = ["4111 1111 1111 1111", "ana@example.com", "+44 20 7946 0958", "DE89370400440532013000", "12345678Z"]


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("number", PERSONAL)
def test_personal_data_never_reaches_a_log_wherever_it_stands(lines, form, number):
    set_up_logging(LogSettings(format=form))
    event = f"refused {number}"
    structlog.get_logger("heed").info(event, problem=event, parts=[number, {number: number}], odd=Odd(number))
    logging.getLogger("other").warning("550 for %s", number)

    written = lines()
    assert "refused" in written
    assert number not in written


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize("number", PERSONAL)
def test_what_an_error_says_is_masked_in_its_traceback_too(lines, form, number):
    set_up_logging(LogSettings(format=form))
    try:
        int(f"no such mailbox {number}")
    except ValueError:
        structlog.get_logger("heed").exception("failed")

    written = lines()
    assert "ValueError" in written
    assert number not in written


def test_ids_and_times_stay_legible(lines):
    set_up_logging(LogSettings())
    structlog.get_logger("heed").info("sent", post="2025550143", reply=2025550143, seconds=0.5, reasons=["irate"])
    row = json.loads(lines())

    assert (row["post"], row["reply"], row["seconds"], row["reasons"]) == ("2025550143", 2025550143, 0.5, ["irate"])
    assert row["timestamp"].startswith("20")


def test_ops_say_what_counts_as_personal_in_logs_too(lines):
    set_up_logging(LogSettings(), Privacy(regions=("FR",), own=("+44 20 7946 0958",)))
    structlog.get_logger("heed").info("sent", one="call 01 23 45 67 89", other="call 020 7946 0958")
    row = json.loads(lines())

    assert (row["one"], row["other"]) == ("call [phone]", "call 020 7946 0958")


class Odd:
    def __init__(self, said):
        self.said = said

    def __repr__(self):
        return f"<{self.said}>"
