"""Compiled ahead of time and kept between runs: made anew when sources, command or a version change."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from time import perf_counter

BUILD = Path(__file__).resolve().parents[2] / "target" / "peers" / "build"


def product(
    name: str, sources: list[Path], command: list[str], version: str, products: list[str]
) -> tuple[Path, float]:
    """The folder with the products of a command, run in it, and the seconds that it took when it was run.

    Raises RuntimeError with the end of the compiler's output when that fails.
    """
    digest = hashlib.sha256(repr([command, version]).encode())
    for source in sources:
        digest.update(source.read_bytes())
    folder = BUILD / f"{name}-{digest.hexdigest()[:12]}"
    took = folder / "seconds"
    if not took.exists() or not all((folder / each).exists() for each in products):
        folder.mkdir(parents=True, exist_ok=True)
        start = perf_counter()
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if run.returncode != 0:
            raise RuntimeError(f"{command[0]}: exit status {run.returncode}: {run.stderr[-1500:]}")
        took.write_text(repr(perf_counter() - start))
    return folder, float(took.read_text())
