"""Writes `tests/data/math.txt`: the functions of `math` on random and special arguments, and wrong ones."""

import math
import random

import numpy as np

from rows import row, write

random.seed(7)

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, 1e-320, 5e-324, 1e300, -1e300, 1e16, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
           0, 1, -1, 5, 170, 10**20, -(10**20), 2**1023, 2**1024 - 1, 10**400, True]
WRONG = ["a", None, [1], (1,)]
SKIPPED = {"sumprod"}
NUMPY = [np.float64(0.25), np.float32(0.5), np.int64(3), np.bool(True)]
MANY = {"fsum", "prod", "dist", "hypot", "gcd", "lcm", "isclose", "comb", "perm", "factorial", "ldexp", "nextafter", "isqrt", "fma"}
names = [name for name in dir(math) if callable(getattr(math, name)) and not name.startswith("_") and name not in SKIPPED]


def call(name, *args, **keywords):
    return row(name, getattr(math, name), args, keywords)


def any_float():
    return random.choice([random.uniform(-3, 3), random.uniform(-1, 1), random.uniform(-200, 200), random.choice([-1, 1]) * random.random() * 10.0 ** random.randrange(-30, 30)])


def reals():
    for name in names:
        yield call(name)
        yield call(name, 1.5, 2.5, 3.5, 4.5)
        yield call(name, 1, foo=2)
        for value in SPECIAL + WRONG + NUMPY:
            if name == "factorial" and isinstance(value, int) and value > 1000:
                continue
            yield call(name, value)
        if name not in MANY:
            for _ in range(50):
                yield call(name, any_float())
            for x in SPECIAL[:20:2]:
                for y in SPECIAL[:20:3]:
                    yield call(name, x, y) if name in ("pow", "atan2", "fmod", "remainder", "copysign", "log") else None
            if name in ("pow", "atan2", "fmod", "remainder", "copysign", "log"):
                for _ in range(60):
                    yield call(name, any_float(), any_float())
    for n in range(-5, 60):
        yield call("gamma", n)
        yield call("gamma", n + 0.5)
        yield call("lgamma", n / 2)
    for x in [139.5, 140.5, 171.3, 171.7, -139.5, -140.5, -170.5, -171.5, -200.5, 1e-21, -1e-21, 1e5]:
        yield call("gamma", x)
        yield call("lgamma", x)
    for bits in [60, 64, 100, 1000, 1023, 1024, 1025, 2000, 5000]:
        n = random.getrandbits(bits) | 1 << (bits - 1)
        for name in ["log", "log2", "log10"]:
            yield call(name, n)
        yield call("log", n, 3)


def integers():
    for n in range(0, 60, 3):
        yield call("factorial", n)
        yield call("isqrt", n)
        for k in range(-1, 62, 5):
            yield call("comb", n, k)
            yield call("perm", n, k)
    for n in [10**20, 2**63, 10**30 + 7]:
        for k in [0, 1, 5, 30]:
            yield call("comb", n, k)
            yield call("comb", n, n - k)
            yield call("perm", n, k)
        yield call("isqrt", n)
        yield call("isqrt", n * n)
        yield call("isqrt", n * n - 1)
    yield call("comb", 10**40, 10**39)
    yield call("perm", 10**40, 10**39)
    yield call("perm", 5, None)
    for _ in range(80):
        args = [random.choice([0, 1, -4, 6, 10, 12, -18, 10**20, 2**64, 3**30, True, np.int64(6)]) for _ in range(random.randrange(4))]
        yield call("gcd", *args)
        yield call("lcm", *args)
    yield call("gcd", 1.5, 2)
    yield call("lcm", "a")
    for x in SPECIAL[:18]:
        for name in ["floor", "ceil", "trunc"]:
            yield call(name, x * 1.5)


def several():
    for _ in range(250):
        terms = [random.choice([any_float(), 1e100, -1e100, 1e16, -1e16, 0.1, 1, -1, 2**60, 1e-320, 2.0**-53, 1.0]) for _ in range(random.randrange(14))]
        yield call("fsum", terms)
        if len(terms) < 6:
            yield call("prod", terms)
            yield call("hypot", *terms)
            yield call("dist", terms, [any_float() for _ in terms])
        yield call("hypot", any_float(), any_float())
    for terms in [[float("inf"), 1], [float("inf"), float("-inf")], [float("nan"), 1.0], [1e308, 1e308, -1e308], ["a"], 5, [10**400], (), "12", range(5)]:
        yield call("fsum", terms)
        yield call("prod", terms)
    yield call("prod", [1, 2], start=3)
    yield call("prod", [1, 2], start=0.5)
    yield call("prod", [[1]], start=2)
    for args in [(3, 4), (5e-324, 5e-324), (3e-310, 4e-310), (1e308, 1e308), (float("inf"), float("nan")), (float("nan"), 1.0), (1, 2, 3), (-3.0,), (1e-200, 1e200), ("a", 1)]:
        yield call("hypot", *args)
    yield call("dist", (1, 2), [3, 4])
    yield call("dist", [1], [1, 2])
    yield call("dist", 1, 2)
    for x in [1.0, 1.5, -0.75, 5e-324, 1e-310, 1.7976931348623157e308, 0.0, float("inf"), 3]:
        for exponent in [0, 1, -1, 10, -1000, -1022, -1030, -1073, -1074, -1075, -1076, 1000, 1023, 1024, 5000, -5000, 10**30, -(10**30), 1.5, True]:
            yield call("ldexp", x, exponent)
    for _ in range(60):
        yield call("ldexp", any_float(), random.randrange(-1200, 1100))
    for x in [0.0, -0.0, 1.0, -1.0, 5e-324, 1.7976931348623157e308, float("inf"), float("nan"), 1e-308]:
        for y in [0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 5e-324]:
            yield call("nextafter", x, y)
            yield call("nextafter", x, y, steps=random.choice([0, 1, 2, 5, 10**18, 10**30]))
    yield call("nextafter", 1.0, 2.0, steps=-1)
    yield call("nextafter", 1.0, 2.0, steps=1.5)
    for args in [(1, 1), (1, 1.0000000001), (1, 1.1), (0, 1e-10), (float("inf"), float("inf")), (float("inf"), 1), (float("nan"), float("nan"))]:
        yield call("isclose", *args)
        yield call("isclose", *args, rel_tol=0.2)
        yield call("isclose", *args, abs_tol=0.5)
        yield call("isclose", *args, rel_tol=-1)
    for args in [(2, 3, 4), (0.1, 10, -1), (float("inf"), 0, 1), (1e308, 10, 0), (float("nan"), 1, 1), ("a", 1, 1)]:
        yield call("fma", *args)


write("math.txt", [*reals(), *integers(), *several()])
