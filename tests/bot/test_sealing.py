from __future__ import annotations

import pytest

from bot.cli import sealing
from bot.errors import SettingsError
from storage.sealing import cipher_of


def test_a_key_that_was_printed_opens_what_it_sealed(capsys):
    sealing.print_key()
    key = capsys.readouterr().out

    assert cipher_of(key, setting="x.token_key").decrypt(cipher_of(key, setting="other").encrypt(b"hush")) == b"hush"


def test_what_is_no_key_is_refused_by_the_name_of_its_setting():
    with pytest.raises(SettingsError, match=r"intake\.originals_key.*heed key"):
        cipher_of("secret", setting="intake.originals_key")
