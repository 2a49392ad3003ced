"""The table of kernels: how a result is counted, what sizes it is run at, and what its right answer is.

What a kernel computes stands once, in kernels.toy, which is NumPy's script as much as toy's: this module imports it.
The reference is NumPy in float64 on the very inputs that the peers get (rounded to float32 first where they are).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import numpy as np

SCRIPT = Path(__file__).with_name("kernels.toy")


@dataclass(frozen=True)
class Kernel:
    name: str
    text: str
    unit: str
    # How many of the unit's things one call does: elements, floating-point operations, inner points.
    work: Callable[[int], int]
    # How many numbers, none above 1 or so, are added up for one element of the answer.
    terms: Callable[[int], int]
    mean: bool = False
    # Sizes of its own, where --sizes does not apply.
    sizes: tuple[int, ...] | None = None
    quick_sizes: tuple[int, ...] | None = None
    check_sizes: tuple[int, ...] = (1, 7, 1000, 4099)

    def tolerance(self, dtype: str, n: int) -> float:
        """The largest error allowed of an element: what the plain loop's sum loses by rounding, as a random walk."""
        terms = self.terms(n)
        return float(np.finfo(dtype).eps) * max(16.0, terms**0.5) * (1 if self.mean else terms)


NS_PER_ELEMENT = "ns/element"
NS_PER_POINT = "ns/point"
GFLOPS = "GFLOP/s"


def _each(n: int) -> int:
    return n


def _one(_: int) -> int:
    return 1


KERNELS = {
    kernel.name: kernel
    for kernel in (
        Kernel("G", "np.mean((yp - y) * x)", NS_PER_ELEMENT, _each, _each, mean=True),
        Kernel("S", "a*x + y", NS_PER_ELEMENT, _each, _one),
        Kernel("P", "Horner polynomial of degree 7", NS_PER_ELEMENT, _each, _one),
        Kernel("N", "np.sqrt(x*x + y*y).sum()", NS_PER_ELEMENT, _each, _each),
        Kernel("D", "np.dot(x, y)", NS_PER_ELEMENT, _each, _each),
        Kernel("W", "np.where(x > 0, x*a, b)", NS_PER_ELEMENT, _each, _one),
        Kernel("M", "A @ B", GFLOPS, lambda n: 2 * n**3, _each,
               sizes=(512, 1024), quick_sizes=(512,), check_sizes=(1, 5, 67)),
        Kernel("J", "Jacobi sweep of an n × n grid", NS_PER_POINT, lambda n: (n - 2) ** 2, _one,
               sizes=(2000,), quick_sizes=(2000,), check_sizes=(3, 10, 67)),
    )
}


def load_script() -> ModuleType:
    """kernels.toy as a Python module: toy's language is a part of Python's."""
    loader = SourceFileLoader("kernels_toy", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def reference_digest(script: ModuleType, kernel: str, dtype: str, n: int) -> np.ndarray:
    make, timed = script.KERNELS[kernel]
    inputs = [array.astype(np.float64) for array in make(n, script.DTYPES[dtype])]
    return np.array(script.digest(timed(inputs, 1)[1]))


def wrong_answer(kernel: Kernel, dtype: str, n: int, expected: np.ndarray, digest: np.ndarray) -> str | None:
    """What is wrong with a digest (size, sum, then elements), or None."""
    if digest.shape != expected.shape or digest[0] != expected[0]:
        return f"its answer has another shape: {digest[0]:.0f} elements, not {expected[0]:.0f}"
    tolerance = np.full(len(expected), kernel.tolerance(dtype, n))
    tolerance[1] *= expected[0]
    error = np.abs(digest - expected)
    if np.all(error <= tolerance):
        return None
    worst = int(np.nanargmax(np.where(np.isnan(error), np.inf, error / tolerance)))
    found, wanted = float(digest[worst]), float(expected[worst])
    return f"number {worst} of its digest is {found!r}, not {wanted!r} (tolerance {tolerance[worst]:.2g})"
