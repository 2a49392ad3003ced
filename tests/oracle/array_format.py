"""Writes tests/data/array_format.txt: arrays as bits, with NumPy's str and repr of each.

    python tests/oracle/array_format.py > tests/data/array_format.txt

Columns, separated by tabs: dtype, shape, elements, str, repr; newlines as \\n. Elements are the bits of each in
hexadecimal, or `ramp START STEP` for START + i * STEP. The last rows are scalars: shape `scalar`.
"""

import random
import struct
import sys

import numpy as np

random.seed(20240501)
BITS = {"bool": (np.bool_, "u1"), "int64": (np.int64, "u8"), "float32": (np.float32, "u4"), "float64": (np.float64, "u8")}


def bits(array):
    return " ".join(f"{b:x}" for b in array.reshape(-1).view(BITS[array.dtype.name][1]).tolist())


def escape(text):
    return text.replace("\n", "\\n")


def row(dtype, shape, elements, array):
    print(dtype, shape, elements, escape(str(array)), escape(repr(array)), sep="\t")


def emit(array):
    row(array.dtype.name, ",".join(map(str, array.shape)), bits(array), array)


def number(style, name):
    if style == "bits":
        size = 4 if name == "float32" else 8
        raw = random.getrandbits(8 * size)
        return struct.unpack("<f" if size == 4 else "<d", raw.to_bytes(size, "little"))[0]
    if style == "unit":
        return random.random() - 0.5
    if style == "short":
        return random.randint(-1000, 1000) / 10 ** random.randint(0, 4)
    if style == "whole":
        return float(random.randint(-100, 100))
    if style == "large":
        return random.choice([1, -1]) * 10 ** random.uniform(4, 17)
    if style == "small":
        return random.choice([1, -1]) * 10 ** random.uniform(-9, -2)
    if style == "edge":
        return random.choice([0.0001, 9.9999e-5, 1e8, 99999999.0, 999999.5, 1e6, 999999.9, 1e-8, 0.5, 1000.0, 1000.1, 1.0,
                              0.1, 123456.123456789, 5e-324, 1.7e308, 3e38, 1e-45, 0.123456785, 2.5e-8, 1e22, 1e23, 1e16])
    return random.choice([float("nan"), float("inf"), float("-inf"), 0.0, -0.0, random.gauss(0, 1), 1e10, -3.25])


def shape():
    rank = random.choice([0, 1, 1, 1, 2, 2, 3, 4])
    return tuple(random.choice([0, 1, 2, 3, 3, 4, 7] if random.random() < 0.1 else [1, 2, 3]) for _ in range(rank))


def values(name, count):
    if name == "bool":
        return [random.random() < 0.5 for _ in range(count)]
    if name == "int64":
        top = 2 ** random.choice([1, 4, 10, 31, 63])
        return [random.randrange(-top, top) if random.random() < 0.7 else random.randrange(top) for _ in range(count)]
    styles = ["bits", "unit", "short", "whole", "large", "small", "edge", "special"]
    style = random.choice(styles)
    mixed = random.random() < 0.3
    return [number(random.choice(styles) if mixed else style, name) for _ in range(count)]


def main():
    np.seterr(all="ignore")
    for _ in range(2200):
        name = random.choice(["bool", "int64"] + ["float32", "float64"] * 4)
        dims = shape()
        count = int(np.prod(dims)) if dims else 1
        emit(np.array(values(name, count), dtype=BITS[name][0]).reshape(dims))
    for _ in range(120):
        name = random.choice(["bool", "int64", "float32", "float64"])
        count = random.randint(8, 60)
        emit(np.array(values(name, count), dtype=BITS[name][0]))
    ramps = [((1000,), 0, 1), ((1001,), 0, 1), ((1200,), -3, 0.25), ((10, 101), 0, 1), ((7, 7, 30), 0, 1), ((2, 600), 1, 0.5),
             ((600, 2), 0, 1), ((3, 3, 3, 50), 0, 1), ((100000,), 0, 1000), ((6, 200), 0, 1), ((2000, 1), 0, 0.125)]
    for dims, start, step in ramps:
        for name in ["int64", "float32", "float64"]:
            if name == "int64" and isinstance(step, float):
                continue
            n = int(np.prod(dims))
            array = (start + np.arange(n) * step).astype(BITS[name][0]).reshape(dims)
            row(name, ",".join(map(str, dims)), f"ramp {start} {step}", array)
    for _ in range(1500):
        name = random.choice(["float32", "float64"])
        scalar = BITS[name][0](number(random.choice(["bits", "bits", "unit", "short", "large", "small", "edge", "special"]), name))
        row(name, "scalar", bits(np.array([scalar])), scalar)


if __name__ == "__main__":
    sys.exit(main())
