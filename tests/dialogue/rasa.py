"""A real Rasa server on the trained rules, with our own `/model/parse` and `/webhook` behind it."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from bot.acting import add_actions, make_executor
from bot.nlu.entities import Forms
from bot.nlu.examples import DANGERS, Example, Mood, read_examples
from bot.nlu.language import LanguageDetector
from bot.nlu.lexicon import load_lexicons
from bot.nlu.phrases import Phrases
from bot.nlu.understander import Understander
from bot.parsing import Reader, add_parsing
from bot.personal import UNSET
from bot.ports import Advice, KnownCase
from bot.settings import Settings
from bot.vocabulary import EscalationState
from storage.database import Database
from storage.dialogue import SCHEMA, make_schema
from tests.bot.nlu.schooling import CountingEncoder, taught

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "bot/dialogue/.venv/bin/rasa"
MODEL = ROOT / ".data/dialogue/models/rules.tar.gz"

PATIENCE = 180
KEEP_DAYS = 90
CHANNEL_TOKEN = "between-the-service-and-rasa"
PARSE_TOKEN = "to-understand"
ACTIONS_TOKEN = "to-act"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

LESSONS = {
    "question": (
        "how do I reset my password",
        "where do I find the driver for the dock",
        "which key opens the menu of the BIOS",
        "how long does the warranty last",
        "wie setze ich mein Passwort zurück",
        "wo finde ich den Treiber für das Dock",
        "wie lange gilt die Garantie",
        "cómo restablezco mi contraseña",
        "dónde encuentro el controlador del dock",
        "cuánto dura la garantía",
    ),
    "complaint": (
        "the screen of my laptop flickers all day",
        "my tablet came with a scratched lid",
        "the hinge of my laptop is loose again",
        "mein Bildschirm flackert den ganzen Tag",
        "mein Tablet kam mit zerkratztem Deckel",
        "das Scharnier ist schon wieder locker",
        "la pantalla de mi portátil parpadea todo el día",
        "mi tableta llegó con la tapa rayada",
        "la bisagra está floja otra vez",
    ),
    "inform": ("I bought it in Oslo", "it is the grey one", "es ist das graue Modell", "lo compré en Lima"),
    "legal": ("my lawyer will write to you", "mein Anwalt wird Ihnen schreiben", "mi abogado les escribirá"),
    "praise": ("love my new laptop", "ich liebe mein neues Tablet", "me encanta mi portátil nuevo"),
    "safety": ("smoke comes out of it", "es kommt Rauch heraus", "sale humo de la tableta"),
}


@lru_cache(maxsize=1)
def phrases():
    """The short words of the examples that ship."""
    return Phrases(read_examples(ROOT / "bot/nlu"))


@lru_cache(maxsize=1)
def an_understander():
    """Understands the few lessons, in the three languages."""
    moods = {"praise": Mood.GLAD, "legal": Mood.IRATE}
    examples = [
        Example(text=text, intent=intent, mood=moods.get(intent, Mood.CALM), danger=DANGERS.get(intent))
        for intent, texts in LESSONS.items()
        for text in texts
    ]
    return Understander(
        encoder=CountingEncoder(),
        heads=taught(examples).heads,
        languages=LanguageDetector(),
        lexicons=load_lexicons(),
        forms=Forms.from_settings(Settings()),
    )


@dataclass
class FewAnswers:
    """An adviser that knows two answers on passwords, and the cases that it is given."""

    known: tuple[KnownCase, ...] = ()

    async def answer(self, text, *, besides=()):
        """Give the first of the two that is left."""
        asked = any(word in text.casefold() for word in ("password", "passwort", "contraseña"))
        left = [name for name in ("reset-password", "unlock-account") if name not in besides]
        if not asked or not left:
            return None
        return Advice(article_id=left[0], text=f"Answer {left[0]}.", confidence=0.97)

    async def cases(self, conversation_id):
        """Give them to whoever asks."""
        return self.known

    def opens(self, reference):
        """Let a case be known."""
        self.known = (KnownCase(reference=reference, state=EscalationState.OPEN, opened_at=NOW),)


@dataclass
class Said:
    """What came back on one message."""

    texts: list[str] = field(default_factory=list)
    orders: list[dict] = field(default_factory=list)

    @property
    def words(self):
        """All texts, as the customer sees them."""
        return "\n\n".join(self.texts)

    @property
    def kinds(self):
        """What was ordered."""
        return [order["heed"] for order in self.orders]


@dataclass
class Server:
    """A running Rasa server."""

    client: aiohttp.ClientSession
    adviser: FewAnswers
    messages: int = 0

    async def is_up(self):
        """Say whether it answers."""
        try:
            async with self.client.get("/") as answer:
                return answer.ok
        except aiohttp.ClientConnectionError:
            return False

    async def say(self, sender, text, **more):
        """Say something in a private conversation and give all that it answers."""
        self.messages += 1
        about = {"mention_id": self.messages, "said_at": NOW.isoformat()}
        body = {"sender": sender, "message": text, "metadata": about, **more}
        async with self.client.post("/webhooks/heed/webhook", json=body) as answer:
            assert answer.status == 200, await answer.text()
            said = await answer.json()
        return Said([one["text"] for one in said if "text" in one], [one["custom"] for one in said if "custom" in one])


@asynccontextmanager
async def heed(adviser):
    """Give the address where our understanding and our actions answer."""
    app = web.Application()
    with ThreadPoolExecutor(1) as bench:
        add_parsing(app, Reader(an_understander, bench), token=PARSE_TOKEN, phrases=phrases())
        add_actions(app, make_executor(adviser, keep_days=KEEP_DAYS, privacy=UNSET), token=ACTIONS_TOKEN)
        async with TestServer(app) as server:
            yield str(server.make_url("/"))


@asynccontextmanager
async def a_process(folder, *arguments, **environment):
    """Start a command of Rasa from the project's folder, and end it at the end; what it says is in `rasa.log`."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    with (folder / "rasa.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            PROGRAM, *arguments, cwd=ROOT, env={**os.environ, **quiet, **environment}, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def ending(folder):
    """Give the end of what Rasa said."""
    return (folder / "rasa.log").read_text(encoding="utf-8", errors="replace")[-3000:]


@asynccontextmanager
async def a_server(folder, database_url):
    """Run a Rasa server with the files as they ship; its tracker is in the database."""
    adviser, port = FewAnswers(), unused_port()
    async with Database(database_url) as database:
        async with database.begin() as connection:
            await make_schema(connection)
        conninfo = database.conninfo
    async with (
        heed(adviser) as address,
        a_process(
            folder, "run", "--interface", "127.0.0.1", "--port", str(port), "--model", str(MODEL),
            "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
            DIALOGUE_NLU_URL=address,
            DIALOGUE_NLU_TOKEN=PARSE_TOKEN,
            DIALOGUE_ACTIONS_URL=f"{address}webhook",
            DIALOGUE_ACTIONS_TOKEN=ACTIONS_TOKEN,
            DIALOGUE_CHANNEL_TOKEN=CHANNEL_TOKEN,
            DIALOGUE_PARENT=str(os.getpid()),
            DIALOGUE_DATABASE_URL=conninfo,
            POSTGRESQL_SCHEMA=SCHEMA,
        ) as process,
        aiohttp.ClientSession(
            f"http://127.0.0.1:{port}",
            timeout=aiohttp.ClientTimeout(PATIENCE),
            headers={"Authorization": f"Bearer {CHANNEL_TOKEN}"},
        ) as client,
    ):  # fmt: skip
        server = Server(client, adviser)
        async with asyncio.timeout(PATIENCE):
            while not await server.is_up():
                assert process.returncode is None, ending(folder)
                await asyncio.sleep(0.1)
        yield server
