"""What the reports of benchmarks share: tables as text or Markdown, figures, means, and the machine."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def table(header: list[str], rows: list[list[str]], markdown: bool) -> str:
    if markdown:
        lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = []
    for row in [header, *rows]:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]))
    return "\n".join(lines)


def figure(value: float) -> str:
    """Three digits that count."""
    if math.isnan(value):
        return "–"
    return f"{value:.3g}" if 0.001 <= value < 1000 else f"{value:.0f}" if value >= 1000 else f"{value:.2e}"


def geometric_mean(values: Iterable[float]) -> float:
    logs = [math.log(value) for value in values if not math.isnan(value)]
    return math.exp(math.fsum(logs) / len(logs)) if logs else math.nan


def listing(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines) or "None."


def heading(text: str, markdown: bool, level: int = 3) -> str:
    return f"{'#' * level} {text}" if markdown else f"{text}:"


def machine() -> dict[str, Any]:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()}
