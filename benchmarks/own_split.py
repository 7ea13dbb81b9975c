"""`python -m benchmarks.own_split OUT`: the project's own examples in the form of `heed evaluate intents`.

Every fifth example is held out, and the intents of LEFT_OUT are not trained at all, so that those of them that are held
out are out of scope. Posts that are said to no company are left aside: they are there to teach moods.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.nlu.examples import read_examples
from bot.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.nlu.examples import Example

EVERY = 5
LEFT_OUT = frozenset({"spam", "purchase_interest", "press"})


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=Path, metavar="OUT")
    out = arguments.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    examples = read_examples(load_settings().data.training)
    train, held_out = divided([example for example in examples if example.addressed])
    _write(out / "train.jsonl", train)
    _write(out / "data.jsonl", held_out)


def divided(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Give what to train on and what to measure with."""
    train = [one for number, one in enumerate(examples, start=1) if number % EVERY and one.intent not in LEFT_OUT]
    return train, list(examples[EVERY - 1 :: EVERY])


def _write(file: Path, examples: Iterable[Example]) -> None:
    rows = ({"text": example.text, "label": example.intent} for example in examples)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
