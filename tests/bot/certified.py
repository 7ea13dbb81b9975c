"""A brain whose knowledge is a script, and certificates of it, for tests of what may be answered alone."""

from __future__ import annotations

from bot.deciding.certificate import Audit
from bot.deciding.certification import certify_all
from bot.pipeline import Steps
from bot.settings import DecidingSettings, Settings
from bot.training.brain import Brain
from bot.training.certifying import Proof, limits_in_force, target
from bot.vocabulary import Audience
from storage.certificates import find_certificate, put_certificate
from tests.bot.nlu.schooling import an_understander

TOLERANT = {"irate_threshold": 1.0, "danger_threshold": 1.0, "question_threshold": 0.0, "person_threshold": 1.0}
"""Limits that no mood of a handful of lessons reaches."""

MADE_FROM = "f1"


class ScriptedRetriever:
    """Finds what the script says for a text, and nothing for any other."""

    def __init__(self, script):
        self.script = script

    def retrieve(self, understandings):
        return [self.script.get(understanding.text, ()) for understanding in understandings]


def settings_with(**deciding):
    return Settings(deciding=DecidingSettings(mode="auto", **TOLERANT, **deciding))


def steps_with(script, settings):
    return Steps(understander=an_understander(), retriever=ScriptedRetriever(script), replying=settings.replying)


def brain_with(script, settings, proof):
    return Brain(
        steps=steps_with(script, settings),
        limits=limits_in_force(settings, proof),
        proof=proof,
        versions={"encoder": "counting 1"},
        cards={},
        knowledge=None,
        confidence=None,
        audited=frozenset(),
    )


def right_answers(count=60, *, confidence=0.8, topics=("accounts",)):
    return [Audit(confidence=confidence, right=True, topic=topics[n % len(topics)]) for n in range(count)]


async def certified(database, settings, audits, private=()):
    """Store what *audits* certify, and *private* ones, and give the proof and the stored certificate."""
    given = {Audience.PUBLIC: audits, Audience.PRIVATE: private}
    found = certify_all(given, target(settings), lowest=settings.deciding.draft_threshold)
    async with database.begin() as connection:
        await put_certificate(connection, MADE_FROM, found.to_document())
        stored = await find_certificate(connection, MADE_FROM)
    return Proof.of(settings, MADE_FROM, stored), stored


async def stored_now(database):
    async with database.begin() as connection:
        return await find_certificate(connection, MADE_FROM)
