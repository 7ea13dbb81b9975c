"""Runs the sandbox alone: `python -m sandbox [--port 8480] [--mail-port 8425] [--scenario FILE]`, until interrupted."""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from sandbox.config import SandboxConfig
from sandbox.faults import Faults
from sandbox.scenario import ScenarioInvalid, load, play
from sandbox.server import running
from sandbox.world import World


async def _serve(config: SandboxConfig, scenario: Path | None, *, next_free: bool) -> None:
    world, faults = World(brand=config.brand_handle, brand_name=config.brand_name), Faults()
    if scenario:
        play(world, load(scenario), faults)
    async with running(world, config, faults=faults, next_free=next_free) as address:
        sys.stdout.write(f"The sandbox is at {address.url} — Ctrl+C ends it.\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> int:
    """Serve until interrupted; 2 when something is wrong with what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, help="without it, 8480 or the next free port")
    parser.add_argument("--mail-port", type=int, default=0, help="where the help desk takes mails; 0 for any free port")
    parser.add_argument("--scenario", type=Path, help="a scenario to play at the start")
    given = parser.parse_args()
    port = 8480 if given.port is None else given.port
    config = SandboxConfig(host=given.host, port=port, mail_port=given.mail_port, limit_scale=20)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(_serve(config, given.scenario, next_free=given.port is None))
    except (ScenarioInvalid, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
