"""Pythran: the kernels compiled ahead of time, with the flags that its documentation gives for speed."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import numpy as np

from build import BUILD, product
from worker import Call, Offer, serve

SOURCE = Path(__file__).with_name("pythran_kernels.py")
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-DUSE_XSIMD", "-w"]
MODULES: dict[str, ModuleType] = {}


def compile_all() -> dict[str, str]:
    if shutil.which("g++") is None:
        sys.exit("there is no g++")
    gcc = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
    versions = f"{version('pythran')} {version('numpy')} {sys.version} {gcc} {platform.processor()}"
    seconds = 0.0
    for dtype in ("float32", "float64"):
        name = f"pythran_{dtype}"
        source = BUILD / f"{name}.py"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(SOURCE.read_text().replace("float64", dtype))
        command = [sys.executable, "-m", "pythran.run", *FLAGS, str(source), "-o", f"{name}.so"]
        folder, took = product(name, [source], command, versions, [f"{name}.so"])
        seconds += took
        spec = importlib.util.spec_from_file_location(name, folder / f"{name}.so")
        MODULES[dtype] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(MODULES[dtype])
    return {"Pythran": version("pythran"), "g++": gcc, "flags": " ".join(FLAGS[:-1]), "ahead of time": f"{seconds:.2f}"}


def offer(kernel: str, arguments: str) -> Offer:
    def build(dtype: str, inputs: list[np.ndarray]) -> Call:
        arrays = dict(zip(("x", "y", "yp"), inputs, strict=False)) if kernel != "J" else {"u": inputs[0]}
        names = {name: arrays[name] for name in arguments.split()}
        return Call(f"kernel({', '.join(names)})", {"kernel": getattr(MODULES[dtype], kernel)} | names)

    return build


OFFERS = {
    kernel: offer(kernel, arguments)
    for kernel, arguments in {"G": "yp y x", "S": "x y", "P": "x", "N": "x y", "D": "x y", "W": "x", "J": "u"}.items()
}

if __name__ == "__main__":
    about = compile_all()
    serve(OFFERS, about)
