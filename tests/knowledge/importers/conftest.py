"""Fixtures of the importers' tests."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestServer

from knowledge.importers.forum import open_forum


@pytest.fixture
def opened():
    """Serves a board, and opens it as a forum without pauses between tries."""

    @asynccontextmanager
    async def serve(board, key=""):
        async with TestServer(board.app()) as server, open_forum(str(server.make_url("/")), key, pause=0) as forum:
            yield forum

    return serve
