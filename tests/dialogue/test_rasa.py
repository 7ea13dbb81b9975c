"""Rasa itself accepts the data, and leads a conversation with our understanding."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.parsing import Reader, add_parsing
from tests.bot.nlu.schooling import an_understander

OPTIONS = ["--domain", "domain.yml", "--config", "config.yml", "--fail-on-warnings", "--data", "bot/nlu"]
PATIENCE = 180
LOG = "rasa.log"
TOKEN = "between-rasa-and-heed"
RASAS_OWN = "between-us-and-rasa"


@pytest.fixture
def rasa(root, tmp_path):
    """Start a command of Rasa from the project's folder, and end it with the test."""
    program = root / "bot/dialogue/.venv/bin/rasa"
    if not program.exists():
        pytest.skip("Rasa's environment is not installed; `make dialogue` does it")

    @asynccontextmanager
    async def started(*arguments, **environment):
        quiet = {"RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(tmp_path)}
        with (tmp_path / LOG).open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                program, *arguments, cwd=root, env={**os.environ, **quiet, **environment}, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    return started


@pytest.fixture
async def heed():
    """The address where our understanding answers."""
    app = web.Application()
    understander = an_understander()
    with ThreadPoolExecutor(1) as bench:
        add_parsing(app, Reader(lambda: understander, bench), token=TOKEN)
        async with TestServer(app) as server:
            yield str(server.make_url("/"))


@dataclass
class Server:
    """A running Rasa server."""

    client: aiohttp.ClientSession

    async def is_up(self):
        """Say whether it answers."""
        try:
            async with self.client.get("/") as answer:
                return answer.ok
        except aiohttp.ClientConnectionError:
            return False

    async def parse(self, text):
        """Ask it what it understands."""
        async with self.client.post("/model/parse", json={"text": text}, params={"token": RASAS_OWN}) as answer:
            return await answer.json()

    async def say(self, text):
        """Say something in a private conversation and give all that it answers."""
        said = {"sender": "ana", "message": text}
        async with self.client.post("/webhooks/rest/webhook", json=said) as answer:
            return [one["text"] for one in await answer.json()]


@pytest.fixture
async def server(rasa, heed, root, tmp_path):
    """A Rasa server on the trained rules that asks us, as `endpoints.yml` says; its tracker stays in memory."""
    model = root / ".data/dialogue/models/rules.tar.gz"
    if not model.exists():
        pytest.skip("Rasa's rules are not trained; `make dialogue` does it")
    endpoints = yaml.safe_load((root / "endpoints.yml").read_text(encoding="utf-8"))
    (tmp_path / "endpoints.yml").write_text(yaml.safe_dump({"nlu": endpoints["nlu"]}), encoding="utf-8")
    port = unused_port()
    arguments = [
        "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(port), "--auth-token", RASAS_OWN,
        "--model", str(model), "--endpoints", str(tmp_path / "endpoints.yml"),
    ]  # fmt: skip
    async with (
        rasa(*arguments, DIALOGUE_NLU_URL=heed, DIALOGUE_NLU_TOKEN=TOKEN) as process,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=aiohttp.ClientTimeout(PATIENCE)) as client,
    ):
        server = Server(client)
        async with asyncio.timeout(PATIENCE):
            while not await server.is_up():
                assert process.returncode is None, ending(tmp_path)
                await asyncio.sleep(0.1)
        yield server


def ending(folder):
    """Give the end of what Rasa said."""
    return (folder / LOG).read_text(encoding="utf-8", errors="replace")[-2000:]


async def test_rasa_finds_nothing_wrong_with_the_data(rasa, root, tmp_path):
    # File by file: given the folder, Rasa would read the examples inside its own environment too.
    files = sorted(str(file) for file in (root / "bot/dialogue").glob("*.yml"))
    async with rasa("data", "validate", *OPTIONS, *files) as process:
        async with asyncio.timeout(PATIENCE):
            await process.wait()

    assert process.returncode == 0, ending(tmp_path)


async def test_a_rasa_server_understands_by_asking_us_and_goes_by_it(server):
    parsed = await server.parse("my lawyer will hear of 0x80070057")

    assert parsed["heed"]["language"] == "en"
    assert parsed["intent"] == parsed["intent_ranking"][0]
    assert [entity["value"] for entity in parsed["entities"]] == ["0x80070057"]
    assert await server.say("love my new laptop, thanks") == ["Glad to hear it. Write again whenever you need us."]
