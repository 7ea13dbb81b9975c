"""What every help desk promises. Subclass, give the stage, inherit the promises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import pytest
from structlog.testing import capture_logs

from bot.errors import DeskDown, DeskError, DeskRefused
from tests.responders.desks.values import DELIVERY, ESCALATION, PERSONAL, an_escalation

if TYPE_CHECKING:
    from bot.ports import HelpDesk

PATIENCE_SECONDS = 0.3
"""Of a desk in these tests."""


class Stage(Protocol):
    """Where a help desk stands."""

    desk: HelpDesk

    def cases(self) -> list[str]:
        """Give all that each case says which the desk has, one text a case."""
        ...

    def refuse(self) -> None:
        """Let the desk refuse whatever comes."""
        ...

    def break_down(self) -> None:
        """Let the desk fail by itself."""
        ...

    def hang(self) -> None:
        """Let the desk answer nothing."""
        ...

    async def leave(self) -> None:
        """Let nobody listen there any more."""
        ...


class DeskContract:
    @pytest.fixture
    def stage(self) -> Stage:
        raise NotImplementedError

    async def test_a_case_arrives_with_everything_that_helps(self, stage):
        await stage.desk.open(ESCALATION, DELIVERY)
        (case,) = stage.cases()
        contact = ESCALATION.contact
        for told in (
            ESCALATION.reference, ESCALATION.goal, ESCALATION.words, "mara_k", ESCALATION.consent.purpose,
            contact.name, contact.email, contact.phone, contact.number,
        ):  # fmt: skip
            assert told in case

    async def test_a_case_with_a_name_alone_arrives(self, stage):
        await stage.desk.open(an_escalation(contact=type(ESCALATION.contact)(name="Mara")), DELIVERY)
        assert "Mara" in stage.cases()[0]

    async def test_a_second_try_is_the_same_case_for_the_desk(self, stage):
        ids = {await stage.desk.open(ESCALATION, DELIVERY) for _ in range(2)}
        assert len(ids) == 1
        assert len(stage.cases()) == 1

    async def test_two_cases_are_two_for_the_desk(self, stage):
        first = await stage.desk.open(ESCALATION, DELIVERY)
        second = await stage.desk.open(an_escalation(reference="AAA-BBB-2"), "another")
        assert first != second
        assert len(stage.cases()) == 2

    async def test_a_refusal_is_for_good(self, stage):
        stage.refuse()
        with pytest.raises(DeskRefused):
            await stage.desk.open(ESCALATION, DELIVERY)

    async def test_a_failure_of_the_desk_may_pass(self, stage):
        stage.break_down()
        with pytest.raises(DeskDown):
            await stage.desk.open(ESCALATION, DELIVERY)

    async def test_a_desk_that_never_answers_is_given_up_in_time(self, stage):
        stage.hang()
        with pytest.raises(DeskDown, match=r"no answer in 0\.3 s"):
            await stage.desk.open(ESCALATION, DELIVERY)

    async def test_a_desk_that_is_not_there_may_come_back(self, stage):
        await stage.leave()
        with pytest.raises(DeskDown):
            await stage.desk.open(ESCALATION, DELIVERY)

    @pytest.mark.parametrize("trouble", ["none", "refuse", "break_down", "hang"])
    async def test_who_the_customer_is_reaches_no_log_and_no_error(self, stage, caplog, trouble):
        caplog.set_level(logging.DEBUG)
        if trouble != "none":
            getattr(stage, trouble)()
        problem = ""
        with capture_logs() as events:
            try:
                await stage.desk.open(ESCALATION, DELIVERY)
            except DeskError as error:
                problem = str(error)
        # "mail.log" is the SMTP server that the test runs.
        logged = [record.getMessage() for record in caplog.records if record.name != "mail.log"]
        told = "\n".join([problem, str(events), *logged])
        assert [secret for secret in PERSONAL if secret in told] == []
