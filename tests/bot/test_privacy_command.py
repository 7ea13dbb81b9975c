"""`heed privacy` shows, hands out, corrects and erases what is stored of one customer."""

from __future__ import annotations

import json
import stat

import pytest

from bot.cli.privacy import Asked, correct, erase, export, show
from bot.errors import IllegalMove
from bot.settings import DatabaseSettings, Settings
from storage.tables import contacts, mentions
from tests.storage.outcomes import rows
from tests.storage.private import ASKED, keep_contact, say, whole_customer

MARA = Asked(who="@mara_k")


@pytest.fixture
def settings(database_url):
    """Settings of the database of this test."""
    return Settings(database=DatabaseSettings(url=database_url))


def printed(capsys):
    return capsys.readouterr().out


def told(capsys):
    return json.loads(printed(capsys).splitlines()[-1])


async def test_what_is_stored_is_told_without_the_words(settings, database, capsys):
    await whole_customer(database)
    assert await show(settings, MARA, as_json=True) == 0
    given = told(capsys)

    assert (given["public_posts"], given["private_posts"], given["author_ids"]) == (0, 2, ["7"])
    assert given["contacts"][0]["agreed_to"] == "May we keep this?"
    assert (given["cases"][0]["reference"], given["dialogue_events"]) == ("H7K-2QF-9", 1)
    assert given["opted_out_since"] is not None
    assert ASKED not in json.dumps(given)


async def test_people_get_a_line_for_each_kind(settings, database, capsys):
    await whole_customer(database)
    await show(settings, MARA, as_json=False)
    shown = printed(capsys)

    assert "private_posts      2" in shown
    assert "mara@example.org" in shown


@pytest.mark.parametrize("command", [show, export, correct])
async def test_of_a_stranger_there_is_nothing(settings, database, command):
    values = {export: {"file": None}, correct: {"changed": {"name": "Mara"}}}.get(command, {})
    with pytest.raises(IllegalMove, match=r"Nothing is stored|No contact is kept"):
        await command(settings, Asked(who="nobody"), **values, as_json=True)


async def test_an_export_has_the_words_and_nobody_else_can_read_its_file(settings, database, capsys, tmp_path):
    await whole_customer(database)
    file = tmp_path / "mara.json"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    assert await export(settings, MARA, file, as_json=True) == 0
    document = json.loads(file.read_text(encoding="utf-8"))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [post["text"] for post in document["posts"]] == [ASKED, "yes, mara@example.org"]
    assert (document["contacts"][0]["name"], document["cases"][0]["words"]) == ("Mara Klein", ASKED)
    assert told(capsys)["posts"] == 2


async def test_an_export_without_a_file_is_printed(settings, database, capsys):
    await whole_customer(database)
    await export(settings, MARA, None, as_json=False)

    assert told(capsys)["replies"][0]["text"] == "Dear Mara Klein, we look. ^Bot"


async def test_erasing_says_what_it_erased_and_what_a_desk_still_has(settings, database, capsys):
    await whole_customer(database)
    assert await erase(settings, MARA, (), channel="x", as_json=True) == 0
    given = told(capsys)

    assert (given["posts"], given["contacts"], given["cases"], given["at_desks"]) == (2, 1, 1, ["H7K-2QF-9"])


async def test_people_are_told_to_erase_at_the_desk_too(settings, database, capsys):
    await whole_customer(database)
    await erase(settings, MARA, (), channel="x", as_json=False)
    shown = printed(capsys)

    assert "posts              2" in shown
    assert "Erase these cases at your help desk too: H7K-2QF-9." in " ".join(shown.split())


async def test_single_posts_are_erased_by_their_ids(settings, database, capsys):
    said = await say(database)
    await erase(settings, None, [said.mention.post_id], channel="x", as_json=True)

    assert told(capsys)["posts"] == 1
    assert [row.text for row in await rows(database, mentions)] == [""]


async def test_a_contact_is_corrected(settings, database, capsys):
    await keep_contact(database, await say(database))
    await correct(settings, MARA, {"email": "new@example.org", "name": ""}, as_json=True)
    [row] = await rows(database, contacts)

    assert (row.name, row.email, row.phone) == ("", "new@example.org", "+4930123456")
    assert told(capsys)["email"] == "new@example.org"


@pytest.mark.parametrize("changed", [{"email": "not an address"}, {"phone": "soon"}, {"email": "+4930123456"}])
async def test_what_is_no_address_or_number_is_refused(settings, database, changed):
    await keep_contact(database, await say(database))
    with pytest.raises(IllegalMove, match="is no"):
        await correct(settings, MARA, changed, as_json=True)
