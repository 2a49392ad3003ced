"""The C reference: gcc's code for plain loops, called through ctypes, into an array that is kept.

The arguments are ctypes objects made beforehand, so that a call costs as little as ctypes can.
"""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from build import product
from worker import LOOP, NO_LOOP, Call, Offer, serve

SOURCE = Path(__file__).with_name("kernels.c")
FLAGS = ["-O3", "-march=native", "-ffast-math", "-fopenmp", "-fPIC", "-shared"]
LIBRARIES: dict[str, ctypes.CDLL] = {}


def compile_all() -> dict[str, str]:
    gcc = shutil.which("gcc")
    if gcc is None:
        sys.exit("there is no gcc")
    version = subprocess.run([gcc, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()
    seconds = 0.0
    for dtype, real in (("float32", "float"), ("float64", "double")):
        command = [gcc, *FLAGS, f"-DREAL={real}", "-o", f"{dtype}.so", str(SOURCE), "-lm"]
        # Native code is of this machine only: a kept target folder may have moved to another.
        folder, took = product(f"c-{dtype}", [SOURCE], command, f"{version} {platform.processor()}", [f"{dtype}.so"])
        seconds += took
        LIBRARIES[dtype] = ctypes.CDLL(str(folder / f"{dtype}.so"))
    return {"gcc": version, "flags": " ".join(FLAGS[:4]), "ahead of time": f"{seconds:.2f} s"}


def pointer(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


def offer(kernel: str, arguments: str, inside: bool) -> Offer:
    """A kernel that is called in the worker's loop, or (`inside`) in a loop of C."""
    reduces = kernel in "GND"

    def build(dtype: str, inputs: list[np.ndarray]) -> Call:
        function = getattr(LIBRARIES[dtype], f"{kernel}_loop" if inside else kernel)
        function.restype = ctypes.c_double if reduces else None
        arrays = {"u": inputs[0]} if kernel == "J" else dict(zip(("x", "y", "yp"), inputs, strict=True))
        values = {"n": ctypes.c_ssize_t(len(inputs[0]))} | {name: pointer(arrays[name]) for name in arguments.split()}
        out = None
        if not reduces:
            shape = inputs[0].shape if kernel != "J" else tuple(side - 2 for side in inputs[0].shape)
            out = np.empty(shape, inputs[0].dtype)
            values["out"] = pointer(out)
        names = {"kernel": function, "size": ctypes.c_ssize_t} | values
        passed = ", ".join((["size(calls)"] if inside else []) + list(values))
        answer = (lambda r: r) if reduces else (lambda _: out)
        return Call(f"kernel({passed})", names, answer, template=NO_LOOP if inside else LOOP)

    return build


ARGUMENTS = {"G": "yp y x", "S": "x y", "P": "x", "N": "x y", "D": "x y", "W": "x", "J": "u"}
OFFERS = {kernel: offer(kernel, arguments, inside=False) for kernel, arguments in ARGUMENTS.items()}
OFFERS |= {f"{kernel}/loop": offer(kernel, arguments, inside=True) for kernel, arguments in ARGUMENTS.items()}

if __name__ == "__main__":
    about = compile_all()
    serve(OFFERS, about)
