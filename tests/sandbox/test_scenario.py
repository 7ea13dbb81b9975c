"""Scenario files: what they can hold, and how clearly a wrong one is refused."""

from pathlib import Path

import pytest

from sandbox.scenario import Expectation, ScenarioInvalid, load, play
from sandbox.world import World

EXAMPLE = Path(__file__).with_name("example.yml")


def test_a_scenario_tells_what_is_expected_of_each_post():
    scenario = load(EXAMPLE)
    assert scenario.name == "A small morning"
    expected = {step.case: step.expect for step in scenario.steps}
    assert expected["wifi"] is Expectation.ANSWER
    assert expected["calm"] is None


def test_playing_a_scenario_makes_its_world():
    world = World()
    ids = play(world, load(EXAMPLE))
    assert world.get(ids["thanks"]).reply_to == ids["wifi"]
    assert world.get(ids["wifi_again"]).versions == (ids["wifi"], ids["wifi_again"])
    assert world.get(ids["wifi"]).language == "en"
    assert world.find(ids["third_time"]) is None
    assert world.get(ids["shared"]).repost_of == world.get(ids["me_too"]).quote_of == ids["third_time"]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("", "under 'steps', a list of at least one step"),
        ("  - just words", "step 1: a step is a mapping"),
        ("  - {author: mara_k, text: hi}", "step 1: give the step a 'case'"),
        ("  - {case: a, author: mara_k, text: hi, mood: sad}", "step 1: unknown field 'mood'; a step has case"),
        ("  - {case: a, author: mara_k, text: hi, expect: reply}", "step 1: 'expect' is 'reply'; use one of answer"),
        ("  - {case: a, author: mara k, text: hi}", "step 1 (a): 'author' must be 1 to 15"),
        ("  - {case: a, author: mara_k}", "step 1 (a): Write something"),
        ("  - {case: a, author: mara_k, text: hi, reply_to: b}", "step 1: reply_to is 'b', but no earlier step"),
        ("  - &s {case: a, author: mara_k, text: hi}\n  - *s", "step 2: case 'a' is there already"),
        (
            "  - {case: a, author: m, text: hi}\n  - {case: b, delete: a, edits: a}",
            "edits and delete exclude each other",
        ),
        ("  - {case: a, author: m, text: hi}\n  - {case: b, delete: a, text: x}", "leave out 'text'"),
        ("  - {case: a, author: m, text: hi}\n  - {case: b, author: n, delete: a}", "'author' must be 'm'"),
        (
            "  - {case: a, author: m, text: hi}\n  - {case: b, delete: a}\n  - {case: c, edits: a, text: x}",
            "step 3 (c): There is no post",
        ),
    ],
)
def test_a_wrong_step_is_named_with_its_remedy(tmp_path, steps, message):
    file = tmp_path / "wrong.yml"
    file.write_text(f"name: x\nsteps:\n{steps}\n", encoding="utf-8")
    with pytest.raises(ScenarioInvalid) as refused:
        load(file)
    assert str(refused.value).startswith("wrong.yml")
    assert message in str(refused.value)


def test_what_is_not_yaml_is_named_with_its_line(tmp_path):
    file = tmp_path / "wrong.yml"
    file.write_text('name: x\nsteps:\n  - {case: "a\n', encoding="utf-8")
    with pytest.raises(ScenarioInvalid, match=r"wrong.yml, line \d+: this is not valid YAML"):
        load(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ScenarioInvalid, match=r"missing.yml: the file cannot be read"):
        load(tmp_path / "missing.yml")
