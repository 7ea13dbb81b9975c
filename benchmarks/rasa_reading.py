"""Runs in Rasa's interpreter: loads the model that is named, and answers each line of texts with a line of labels.

Rasa's fallback is no label of its own: what it would be sure of otherwise is given, and how sure.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

FALLBACK = "nlu_fallback"


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever Rasa prints must not stand among the answers
    configure_structlog(logging.ERROR)  # as it is, each text would cost it a line of the log
    agent = Agent.load(sys.argv[1])
    for line in sys.stdin:
        found = [best(agent, text) for text in json.loads(line)]
        labels, confidence = zip(*found) if found else ((), ())  # noqa: B905 - pairs are of one length
        answers.write(json.dumps({"labels": labels, "confidence": confidence}) + "\n")
        answers.flush()


def best(agent: Agent, text: str) -> tuple[str, float]:
    read = asyncio.run(agent.parse_message(text))
    ranked = [one for one in read["intent_ranking"] if one["name"] != FALLBACK]
    return (ranked[0]["name"], ranked[0]["confidence"]) if ranked else ("", 0.0)


if __name__ == "__main__":
    main()
