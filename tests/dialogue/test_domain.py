"""Rasa's domain fits the training data and the rules."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.actions.contact_form import ASKED, Field
from bot.actions.heard import LANGUAGE as LANGUAGE_SLOT
from bot.nlu.entities import STOP_CODE
from bot.parsing import FALLBACK, LANGUAGE
from bot.settings import Settings
from bot.vocabulary import EntityKind

ENTITY = re.compile(r"\[[^\[\]]+\](?:\((\w+)\)|\{[^{}]*\"entity\":\s*\"(\w+)\"[^{}]*\})")
LONGEST_SENTENCE = 250
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


def said_by_actions(root):
    files = (root / "bot/actions").glob("*.py")
    named = {name for file in files for name in re.findall(r'"(utter_\w+)"', file.read_text(encoding="utf-8"))}
    return named - {"utter_action"}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_a_yaml_mapping(root, name):
    assert isinstance(yaml.safe_load((root / name).read_text(encoding="utf-8")), dict)


def test_the_domain_has_the_intents_of_the_training_data_and_the_name_for_none_of_them(domain, blocks):
    assert sorted(domain["intents"]) == sorted({FALLBACK, *(block["intent"] for block in blocks if "intent" in block)})


def test_the_domain_has_the_entities_of_the_training_data_and_the_language(domain, blocks):
    assert sorted(domain["entities"]) == sorted({LANGUAGE, *entities_of(blocks)})


def test_the_domain_has_the_entities_that_the_service_finds_and_the_language(domain):
    assert sorted(domain["entities"]) == sorted([LANGUAGE, *EntityKind])


def test_the_language_of_a_message_fills_the_slot_that_sentences_are_chosen_by(domain):
    assert domain["slots"][LANGUAGE_SLOT]["mappings"] == [{"type": "from_entity", "entity": LANGUAGE}]


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


def test_rules_form_and_actions_use_all_that_the_domain_has_and_nothing_else(root, domain, rules):
    used = {step["action"] for step in rules if "action" in step} - {"action_listen"}
    asked = {f"utter_ask_{field}" for field in Field}
    validated = {f"validate_{form}" for form in domain["forms"]}
    assert used | asked | validated | said_by_actions(root) == {
        *domain["actions"],
        *domain["responses"],
        *domain["forms"],
    }


def test_the_form_asks_for_the_fields_that_the_actions_know(domain):
    assert domain["forms"]["contact_form"]["required_slots"] == list(ASKED)
    assert set(Field) <= set(domain["slots"])


def test_every_sentence_is_said_in_each_language_with_the_same_slots(domain):
    others = [language for language in Settings().deciding.languages if language != "en"]
    for name, variants in domain["responses"].items():
        spoken = [variant.get("condition") for variant in variants]
        slots = [set(re.findall(r"\{(\w+)\}", variant["text"])) for variant in variants]

        assert spoken == [None, *([{"type": "slot", "name": LANGUAGE, "value": each}] for each in others)], name
        assert all(each == slots[0] for each in slots), name


def test_no_sentence_is_too_long_for_a_short_message(domain):
    texts = (variant["text"] for variants in domain["responses"].values() for variant in variants)
    assert max(map(len, texts)) <= LONGEST_SENTENCE


def test_the_rules_ask_only_for_slots_of_the_domain(domain, rules):
    asked = {slot for step in rules for entry in step.get("slot_was_set", []) for slot in entry}
    assert asked <= {*domain["slots"], "requested_slot"}


def test_the_conversations_play_every_action_and_response_of_the_rules(rules, conversations):
    played = {step["action"] for step in conversations if "action" in step}
    assert played == {step["action"] for step in rules if "action" in step}


def test_the_readme_names_every_action_of_the_domain(root, domain):
    text = (root / "bot/dialogue/README.md").read_text(encoding="utf-8")
    assert [name for name in domain["actions"] if f"`{name}`" not in text] == []


def test_what_no_rule_names_goes_to_a_person(root):
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    assert config["policies"][0]["core_fallback_action_name"] == "action_hand_off"


def test_consent_says_how_long(domain):
    assert all("{keep_days}" in variant["text"] for variant in domain["responses"]["utter_ask_case_consent"])


def test_every_hop_carries_a_token_from_the_environment(root):
    endpoints = yaml.safe_load((root / "endpoints.yml").read_text(encoding="utf-8"))
    credentials = yaml.safe_load((root / "credentials.yml").read_text(encoding="utf-8"))
    tokens = [endpoints[hop]["token"] for hop in ("nlu", "action_endpoint")]
    tokens += [channel["token"] for channel in credentials.values()]
    assert all(re.fullmatch(r"\$\{\w+\}", token) for token in tokens)


def test_no_channel_is_open_that_asks_for_no_token(root):
    credentials = yaml.safe_load((root / "credentials.yml").read_text(encoding="utf-8"))
    assert list(credentials) == ["bot.dialogue.channel.HeedInput"]


def test_the_readme_explains_every_variable(root):
    text = (root / "bot/dialogue/README.md").read_text(encoding="utf-8")
    asked = "".join((root / name).read_text(encoding="utf-8") for name in ("endpoints.yml", "credentials.yml"))
    assert [name for name in re.findall(r"\$\{(\w+)\}", asked) if f"`{name}`" not in text] == []
