"""`heed evaluate`, called as a program calls it."""

from __future__ import annotations

import logging
import sys

import pytest
import structlog

from bot.cli.main import main


@pytest.fixture
def heed(monkeypatch, capsys):
    """Runs a command as the program does, and gives its exit code and what it wrote; logging stays as it was."""
    root = logging.getLogger()
    before = root.handlers, root.level

    def run(command, given, *more):
        words = [str(word) for option in given.items() for word in option]
        monkeypatch.setattr(sys, "argv", ["heed", "evaluate", command, *words, *more])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code, capsys.readouterr()

    yield run
    root.handlers, root.level = before
    structlog.reset_defaults()


@pytest.fixture
def refused(heed):
    """Runs a command that must fail, and gives what it writes to stderr."""

    def run(command, given, *more):
        code, told = heed(command, given, *more)
        assert (code, told.out) == (2, "")
        return told.err

    return run
