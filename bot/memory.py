"""What this process holds of the machine's memory."""

from __future__ import annotations

import ctypes
import ctypes.util
import gc
from pathlib import Path


def give_back() -> None:
    """Hand what was freed back to the system, where the C library can."""
    gc.collect()
    library = ctypes.util.find_library("c")
    trim = getattr(ctypes.CDLL(library), "malloc_trim", None) if library else None
    if trim is not None:
        trim(0)


def in_use_mb(process: int | None = None) -> float:
    """Give the memory that this process, or another, holds now, in MB; 0 where the system does not tell."""
    return _told("VmRSS", process)


def peak_mb() -> float:
    """Give the most memory that this process ever held, in MB; 0 where the system does not tell."""
    return _told("VmHWM")


def _told(name: str, process: int | None = None) -> float:
    status = Path(f"/proc/{process or 'self'}/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)
