"""Scenario files: what they can hold, and how clearly a wrong one is refused."""

from pathlib import Path

import pytest

import sandbox
from sandbox.faults import FaultKind, Faults
from sandbox.refusals import NotPossible
from sandbox.scenario import DeskAct, Expectation, ScenarioInvalid, Sign, load, perform, play
from sandbox.world import World

EXAMPLE = Path(__file__).with_name("example.yml")
BROUGHT_ALONG = sorted(Path(sandbox.__file__).parent.glob("scenarios/*_day.yml"))
OFFLINE = Path(sandbox.__file__).parent / "scenarios/offline.yml"


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


@pytest.mark.parametrize("file", BROUGHT_ALONG, ids=lambda file: file.stem)
def test_the_scenarios_brought_along_can_be_played(file):
    world, faults = World(), Faults()
    ids = play(world, load(file), faults)
    assert len(ids) > 20


def test_the_story_of_the_help_desk_loads_and_names_what_it_waits_for():
    steps = load(OFFLINE).steps
    assert {step.desk for step in steps} == {None, DeskAct.ANSWER, DeskAct.RESOLVE}
    assert {step.after for step in steps} == {None, *Sign}
    assert [step.case for step in steps if step.only_waits][-1] == steps[-1].case


def written(tmp_path, *steps):
    file = tmp_path / "morning.yml"
    file.write_text("steps:\n" + "\n".join(f"  - {step}" for step in steps), encoding="utf-8")
    return load(file)


def test_a_step_arms_a_fault(tmp_path):
    faults = Faults()
    play(World(), written(tmp_path, "{case: a, fault: {kind: lost, method: post, chance: 0.5}}"), faults)
    assert [(fault.kind, fault.method, fault.chance) for fault in faults] == [(FaultKind.LOST, "POST", 0.5)]


def test_a_fault_needs_a_sandbox_that_carries_it_out(tmp_path):
    step = written(tmp_path, "{case: a, fault: {kind: lost}}").steps[0]
    with pytest.raises(NotPossible, match="no sandbox serves this world"):
        perform(World(), step, {})


def test_a_step_sends_a_message(tmp_path):
    world = World()
    ids = play(world, written(tmp_path, "{case: a, author: mara_k, message_to: TarnwellHelp, text: psst}"))
    assert [message.id for message in world.messages_of(world.brand.id)] == [ids["a"]]


def test_steps_block_unblock_and_protect(tmp_path):
    world = World()
    steps = (
        "{case: a, author: mara_k, block: TarnwellHelp}",
        "{case: b, author: jon, block: TarnwellHelp}",
        "{case: c, author: jon, unblock: TarnwellHelp}",
        "{case: d, author: sofia, protect: true}",
    )
    play(world, written(tmp_path, *steps))
    mara, jon, sofia = (world.accounts.named(handle) for handle in ("mara_k", "jon", "sofia"))
    assert (world.blocks(mara, world.brand), world.blocks(jon, world.brand)) == (True, False)
    assert world.is_protected(sofia)


def test_a_late_post_waits_for_the_step_that_indexes_it(tmp_path):
    world = World()
    scenario = written(tmp_path, "{case: a, author: mara_k, text: slow, late: true}", "{case: b, index: a}")
    ids: dict[str, str] = {}
    for step, found in zip(scenario.steps, (False, True), strict=True):
        ids[step.case] = perform(world, step, ids)
        assert world.is_indexed(world.get(ids["a"])) is found


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
        ("  - {case: a, author: m, text: hi, late: maybe}", "step 1: 'late' must be true or false"),
        ("  - {case: a, author: m, protect: maybe}", "step 1: 'protect' must be true or false"),
        ("  - {case: a, protect: true}", "step 1 (a): 'author' must be 1 to 15"),
        ("  - {case: a, author: m, block: n, text: hi}", "step 1 (a): leave out 'text'"),
        ("  - {case: a, author: m, block: m}", "step 1 (a): @m is one and the same account"),
        ("  - {case: a, author: m, message_to: n}", "step 1 (a): Write something: a message needs a text"),
        ("  - {case: a, author: m, message_to: n, text: hi, late: true}", "leave out 'late'; only a new post"),
        (
            "  - {case: a, author: m, message_to: n, text: hi}\n  - {case: b, author: n, reply_to: a, text: yes}",
            "step 2: reply_to is 'a', which is no post",
        ),
        ("  - {case: a, fault: lost}", "step 1: a fault is a mapping"),
        ("  - {case: a, fault: {kind: explosion}}", "step 1: fault: kind must be one of latency"),
        ("  - {case: a, fault: {kind: lost, times: often}}", "step 1: fault: times must be a whole number"),
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


def test_the_brands_people_invite_by_a_reply(tmp_path):
    world = World()
    ids = play(
        world, written(tmp_path, "{case: a, author: mara_k, text: hello}", "{case: b, invites: a, text: write to us}")
    )
    invitation = world.get(ids["b"])
    assert (invitation.author, invitation.reply_to) == (world.brand, ids["a"])


def test_a_step_that_only_waits_does_nothing(tmp_path):
    world = World()
    assert play(world, written(tmp_path, "{case: a, after: message}")) == {"a": ""}
    assert list(world.roots()) == []


def test_what_the_help_desk_does_needs_its_mails(tmp_path):
    step = written(tmp_path, "{case: a, desk: resolve, text: done, after: mail}").steps[0]
    with pytest.raises(NotPossible, match="answers a mail"):
        perform(World(), step, {})


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("{case: a, desk: answer}", "write the 'text'"),
        ("{case: a, desk: shred, text: no}", "use one of answer, resolve"),
        ("{case: a, after: lunch}", "use one of post, message, mail"),
        ("{case: a, after: mail, text: hello}", "'author' must be"),
        ("{case: a, desk: answer, text: hello, message_to: mara_k}", "exclude each other"),
        ("{case: a, invites: nobody, text: hello}", "no earlier step has that case"),
    ],
)
def test_a_step_of_the_help_desk_that_cannot_be_is_refused(tmp_path, step, words):
    with pytest.raises(ScenarioInvalid, match=words):
        written(tmp_path, step)
