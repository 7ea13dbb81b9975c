"""Rasa's domain fits the training data and the rules."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.nlu.entities import STOP_CODE
from bot.parsing import FALLBACK
from bot.settings import Settings
from bot.vocabulary import EntityKind

ENTITY = re.compile(r"\[[^\[\]]+\](?:\((\w+)\)|\{[^{}]*\"entity\":\s*\"(\w+)\"[^{}]*\})")
FILES = (
    "config.yml",
    "credentials.yml",
    "domain.yml",
    "endpoints.yml",
    "bot/dialogue/patterns.yml",
    "bot/dialogue/rules.yml",
    "tests/dialogue/test_conversations.yml",
)


def entities_of(blocks):
    texts = (block["examples"] for block in blocks if "intent" in block)
    return {short or long for text in texts for short, long in ENTITY.findall(text)}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_a_yaml_mapping(root, name):
    assert isinstance(yaml.safe_load((root / name).read_text(encoding="utf-8")), dict)


def test_the_domain_has_the_intents_of_the_training_data_and_the_name_for_none_of_them(domain, blocks):
    assert sorted(domain["intents"]) == sorted({FALLBACK, *(block["intent"] for block in blocks if "intent" in block)})


def test_the_domain_has_the_entities_of_the_training_data_and_no_others(domain, blocks):
    assert sorted(domain["entities"]) == sorted(entities_of(blocks))


def test_the_domain_has_the_entities_that_the_service_finds_and_no_others(domain):
    assert sorted(domain["entities"]) == sorted(EntityKind)


def test_the_patterns_are_those_of_the_settings(root):
    deciding = Settings().deciding
    blocks = yaml.safe_load((root / "bot/dialogue/patterns.yml").read_text(encoding="utf-8"))["nlu"]
    expected = {
        EntityKind.ORDER_NUMBER: deciding.order_numbers,
        EntityKind.SERIAL_NUMBER: deciding.serial_numbers,
        EntityKind.ERROR_CODE: (STOP_CODE, *deciding.error_codes),
    }

    assert {block["regex"]: block["examples"].splitlines() for block in blocks} == {
        kind: [rf"- \b{shape}\b" for shape in shapes] for kind, shapes in expected.items()
    }


def test_rasas_own_pipeline_reads_the_patterns_whatever_the_case_as_the_service_does(root):
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    assert {"name": "RegexFeaturizer", "case_sensitive": False} in config["pipeline"]


def test_the_rules_name_the_intents_of_the_domain_and_no_others(domain, rules):
    assert {step["intent"] for step in rules if "intent" in step} == set(domain["intents"])


def test_the_rules_use_the_actions_and_responses_of_the_domain_and_no_others(domain, rules):
    used = {step["action"] for step in rules if "action" in step}
    assert used == {*domain["actions"], *domain["responses"]}


def test_the_rules_ask_only_for_slots_of_the_domain(domain, rules):
    asked = {slot for step in rules for entry in step.get("slot_was_set", []) for slot in entry}
    assert asked <= set(domain["slots"])


def test_the_conversations_play_every_action_and_response(domain, conversations):
    played = {step["action"] for step in conversations if "action" in step}
    assert played == {*domain["actions"], *domain["responses"]}


def test_the_readme_names_every_action_of_the_domain(root, domain):
    text = (root / "bot/dialogue/README.md").read_text(encoding="utf-8")
    assert [name for name in domain["actions"] if f"`{name}`" not in text] == []


def test_what_no_rule_names_goes_to_a_person(root):
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    assert config["policies"][0]["core_fallback_action_name"] == "action_hand_off"


def test_the_opening_says_automated_and_offers_a_person_stop_and_the_privacy_notice(domain):
    (opening,) = (variant["text"] for variant in domain["responses"]["utter_opening"])
    assert [word for word in ("automated", "person", "STOP", "{privacy_notice}") if word not in opening] == []


def test_every_hop_carries_a_token_from_the_environment(root):
    endpoints = yaml.safe_load((root / "endpoints.yml").read_text(encoding="utf-8"))
    tokens = [endpoints[hop]["token"] for hop in ("nlu", "action_endpoint")]
    assert all(re.fullmatch(r"\$\{\w+\}", token) for token in tokens)
