"""Rasa's files as the tests read them, without Rasa."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root():
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def domain():
    """What `domain.yml` holds."""
    return yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def blocks():
    """All blocks of training examples, in every language."""
    files = sorted((ROOT / "bot/nlu").glob("*.yml"))
    return [block for file in files for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]]


@pytest.fixture(scope="session")
def rules():
    """Every step of the rules, those under `or` included."""
    return steps_of("bot/dialogue/rules.yml", "rules")


@pytest.fixture(scope="session")
def conversations():
    """Every step of the test conversations."""
    return steps_of("tests/dialogue/test_conversations.yml", "stories")


def steps_of(name, key):
    parts = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))[key]
    return [step for part in parts for outer in part["steps"] for step in outer.get("or", [outer])]
