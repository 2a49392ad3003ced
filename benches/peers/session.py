"""A whole run: for each number of threads a crew of workers is started, checked, measured and sent home."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from driver import Cell, Contender, Crew
from kernels import KERNELS, load_script, reference_digest, wrong_answer
from tables import machine


def cells_of(options: argparse.Namespace) -> list[Cell]:
    cells = []
    for name in options.kernels:
        kernel = KERNELS[name]
        if options.check:
            chosen = kernel.check_sizes
        elif kernel.sizes is None:
            chosen = options.sizes
        else:
            chosen = kernel.quick_sizes if options.quick else kernel.sizes
        cells += [Cell(name, dtype, n) for dtype in options.dtypes for n in chosen]
    return cells


class Judge:
    """Compares answers with the reference, which is computed once for each cell."""

    def __init__(self) -> None:
        self.script = load_script()
        self.known: dict[Cell, np.ndarray] = {}

    def __call__(self, cell: Cell, digest: list[float]) -> str | None:
        if cell not in self.known:
            self.known[cell] = reference_digest(self.script, cell.kernel, cell.dtype, cell.n)
        return wrong_answer(KERNELS[cell.kernel], cell.dtype, cell.n, self.known[cell], np.array(digest))


def versions(options: argparse.Namespace, crew: Crew) -> dict[str, dict[str, str]]:
    found = {worker.peer: worker.about for worker in crew.workers if worker.about}
    found["numpy"] = {"NumPy": np.__version__, "CPython": platform.python_version(), "BLAS": blas()}
    if "toy" in options.peers:
        said = subprocess.run([str(options.toy), "--version"], capture_output=True, text=True).stdout.split()
        found["toy"] = {"toy": said[-1] if said else "unknown"}
    return found


def blas() -> str:
    used = np.show_config(mode="dicts").get("Build Dependencies", {}).get("blas", {})
    return f"{used.get('name', 'unknown')} {used.get('version', '')}".strip()


def as_json(contenders: list[Contender]) -> list[dict[str, Any]]:
    """One entry for each implementation of each cell: seconds for one call."""
    return [
        {
            "kernel": c.cell.kernel,
            "dtype": c.cell.dtype,
            "n": c.cell.n,
            "peer": c.worker.peer,
            "implementation": c.implementation,
            "first": c.first,
            "min": min(c.seconds),
            "median": statistics.median(c.seconds),
            "batches": len(c.seconds),
            "rounds": c.rounds,
        }
        for c in contenders
        if c.rounds
    ]


def run(options: argparse.Namespace, commands: Callable[[int], dict[str, list[str]]]) -> dict[str, Any]:
    cells, judge = cells_of(options), Judge()
    results: dict[str, Any] = {"machine": machine(), "rounds": options.rounds, "right": 0, "wrong": 0, "runs": []}
    for threads in options.threads:
        crew = Crew(commands(threads), threads, options.quick)
        try:
            if "toy" in options.peers and "toy" not in [worker.peer for worker in crew.workers]:
                sys.exit("peers: toy does not start")
            results["versions"] = results.get("versions", {}) | versions(options, crew)
            contenders, wrong = crew.check(cells, judge)
            results["right"] += len(contenders)
            results["wrong"] += wrong
            if not options.check:
                crew.measure(contenders, options.rounds)
        finally:
            crew.stop()
        results["runs"].append({"threads": threads, "problems": crew.problems, "entries": as_json(contenders)})
    results["machine"]["load after"] = os.getloadavg()
    return results
