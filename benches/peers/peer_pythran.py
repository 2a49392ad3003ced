"""Pythran: the kernels compiled ahead of time, with the flags that its documentation gives for speed."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from itertools import product as product_of
from pathlib import Path
from types import ModuleType

import numpy as np

from build import BUILD, product
from worker import Call, Offer, serve

SOURCE = Path(__file__).with_name("pythran_kernels.py")
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp"]
# Pythran's own SIMD is slower than gcc's for some kernels (P), and faster for others (J): both are offered.
BUILDS = {"xsimd": [*FLAGS, "-DUSE_XSIMD"], "plain": FLAGS}
MODULES: dict[tuple[str, str], ModuleType] = {}


def compile_one(build: str, dtype: str, versions: str) -> float:
    """The seconds that it took."""
    name = f"pythran_{dtype}_{build}"
    source = BUILD / f"{name}.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(SOURCE.read_text().replace("float64", dtype))
    command = [sys.executable, "-m", "pythran.run", *BUILDS[build], "-w", str(source), "-o", f"{name}.so"]
    folder, seconds = product(name, [source], command, versions, [f"{name}.so"])
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.so")
    MODULES[build, dtype] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(MODULES[build, dtype])
    return seconds


def compile_all() -> dict[str, str]:
    if shutil.which("g++") is None:
        sys.exit("there is no g++")
    gcc = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
    versions = f"{version('pythran')} {version('numpy')} {sys.version} {gcc} {platform.processor()}"
    with ThreadPoolExecutor(2) as pool:
        pairs = product_of(BUILDS, ("float32", "float64"))
        seconds = sum(pool.map(lambda pair: compile_one(*pair, versions), pairs))
    return {"Pythran": version("pythran"), "g++": gcc, "flags": " ".join(FLAGS), "ahead of time": f"{seconds:.2f} s"}


def offer(kernel: str, build: str, arguments: str) -> Offer:
    def make(dtype: str, inputs: list[np.ndarray]) -> Call:
        arrays = {"u": inputs[0]} if kernel == "J" else dict(zip(("x", "y", "yp"), inputs, strict=True))
        names = {name: arrays[name] for name in arguments.split()}
        return Call(f"kernel({', '.join(names)})", {"kernel": getattr(MODULES[build, dtype], kernel)} | names)

    return make


ARGUMENTS = {"G": "yp y x", "S": "x y", "P": "x", "N": "x y", "D": "x y", "W": "x", "J": "u"}
OFFERS = {
    f"{kernel}/{build}": offer(kernel, build, arguments) for kernel, arguments in ARGUMENTS.items() for build in BUILDS
}

if __name__ == "__main__":
    about = compile_all()
    serve(OFFERS, about)
