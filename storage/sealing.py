"""Encrypts what is kept in the database, with keys that are not in it: Fernet, https://cryptography.io/en/latest/fernet/."""

from __future__ import annotations

from cryptography.fernet import Fernet

from bot.errors import SettingsError


def new_key() -> str:
    """Make a key for any setting that wants one."""
    return Fernet.generate_key().decode()


def cipher_of(key: str, *, setting: str) -> Fernet:
    """Give what encrypts and decrypts with *key*. Raises SettingsError, naming *setting*, where it is no key."""
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise SettingsError(f"{setting}: not a key; `heed key` makes one") from error
