"""Rasa itself accepts the data."""

from __future__ import annotations

import asyncio
import os

import pytest

OPTIONS = ["--domain", "domain.yml", "--config", "config.yml", "--fail-on-warnings", "--data", "bot/nlu"]
PATIENCE = 180


async def test_rasa_finds_nothing_wrong_with_the_data(root, tmp_path):
    rasa = root / "bot/dialogue/.venv/bin/rasa"
    if not rasa.exists():
        pytest.skip("Rasa's environment is not installed; `make dialogue` does it")
    # File by file: given the folder, Rasa would read the examples inside its own environment too.
    files = sorted(str(file) for file in (root / "bot/dialogue").glob("*.yml"))
    process = await asyncio.create_subprocess_exec(
        rasa, "data", "validate", *OPTIONS, *files,
        cwd=root,
        env=os.environ | {"RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, output.decode()[-2000:]
