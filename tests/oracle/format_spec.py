"""Writes `tests/data/format_spec.txt`: `format(value, spec)` over a random table."""

import random

import numpy as np

from rows import row, write

random.seed(3)


def random_float():
    kind = random.randrange(8)
    if kind == 0:
        return random.choice([0.0, -0.0, 1.0, -1.5, 0.5, 2.5, 1e16, 1e15, 123456.0, 0.0001, 0.00001, 1e22, 1e23, 5e-324])
    if kind == 1:
        return random.choice([float("inf"), float("-inf"), float("nan"), 1.7976931348623157e308])
    if kind == 2:
        return random.uniform(-10, 10)
    if kind == 3:
        return random.randrange(-10**6, 10**6) / 8
    if kind == 4:
        return round(random.uniform(-1000, 1000), random.randrange(5))
    return random.choice([-1, 1]) * random.random() * 10.0 ** random.randrange(-30, 30)


def random_value():
    kind = random.randrange(14)
    if kind < 6:
        return random_float()
    if kind < 10:
        return random.choice([0, 1, -1, 7, 255, -255, 1234567, 2**63, -(2**70), 10**25, random.randrange(-10**6, 10**6)])
    if kind == 10:
        return random.choice([True, False])
    if kind == 11:
        return random.choice([np.float64(random_float()), np.float32(1.1), np.int64(-42), np.bool(True)])
    if kind == 12:
        return random.choice(["", "a", "abc", "hello world", "é", "日本"])
    return random.choice([None, [1], (1,), {1: 2}])


def pick(options, chance):
    return random.choice(options) if random.random() < chance else ""


def random_spec():
    if random.random() < 0.03:
        return random.choice(["", "hello", "5.", ".", "xx", "<<<", "é^9", "z", "#", "0", "00", "99999999999999999999", ".99999999999999999999", "n", "5n", "+n"])
    spec = ""
    if random.random() < 0.4:
        spec += pick(["*", "0", " ", "é", "<", "="], 0.5) + random.choice("<>^=")
    spec += pick(["+", "-", " "], 0.3)
    spec += pick(["z"], 0.1)
    spec += pick(["#"], 0.15)
    spec += pick(["0"], 0.25)
    spec += pick([str(random.randrange(1, 25))], 0.6)
    spec += pick([",", "_", ",_"], 0.3)
    spec += pick(["." + str(random.randrange(0, 20))], 0.4)
    spec += pick(list("bcdoxXeEfFgGn%s") + ["f", "f", "g", "e", "d", "%", "q", "é"], 0.8)
    return spec


write("format_spec.txt", (row("format", format, (random_value(), random_spec())) for _ in range(4500)))
