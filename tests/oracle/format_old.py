"""Writes `tests/data/format_old.txt`: `text % values` and `str.format`."""

import random

import numpy as np

from rows import row, write

random.seed(8)

VALUES = [0, 5, -42, 255, 10**30, True, 1.5, -2.5, 0.1, 1e16, float("inf"), float("nan"), "a", "abc", "é", None, [1], (1,), {1: 2}, np.float64(1.5), np.int64(7), np.float32(0.1)]


def old():
    for _ in range(2200):
        spec = "%" + "".join(random.sample(["-", "+", " ", "#", "0"], random.choice([0, 0, 0, 1, 1, 2]))) + random.choice(["", "", "8", "3", "20"])
        spec += random.choice(["", "", ".2", ".0", ".", ".10"]) + random.choice(["", "", "", "", "l"]) + random.choice("diuoxXeEfFgGcrsa" + "dfsdfs" + "%yb")
        yield row("%", lambda text, values: text % values, (random.choice(["", "<", "é"]) + spec + random.choice(["", ">"]), (random.choice(VALUES),)))
    for text in ["", "abc", "%s", "%s %s", "%%", "%", "%5", "%(a)s", "%(a)d %(b)s", "%(a", "%*d", "%-*d|", "%.*f", "%*.*f", "%d%%", "%5%", "%y", "100%", "%(a)", "%()s", "%((a))s", "%s%", "%99999999999999999999d",
                 "%.99999999999999999999f", "%.2147483648f", "%ld %hd", "%\x01", "%é"]:
        for values in [(), (1,), (1, 2), (5, 3), (5, 2, 3.14159), (-5, 3), 1, "x", {}, {"a": 1}, {"a": 1, "b": 2}, {"": 1, "(a)": 2}, [1], [], None, 1.5, ((1, 2),), range(3)]:
            yield row("%", lambda text, values: text % values, (text, values))


def new():
    texts = ["{}", "{} {}", "{0} {1} {0}", "{} {0}", "{0} {}", "{a} {b:>5}", "{!r:>5}", "{:{}}", "{:{w}.{p}f}", "{", "}", "{{}}", "{0[1]}", "{0[a]}", "{0.real}", "{0.foo}", "{1}", "{a}", "{!x}", "{!}", "{!rr}",
             "{0!r", "{0:", "{0", "{0[}", "{0[]}", "{0[1}", "{0]}", "{ 0}", "{0 }", "{-1}", "{:{:{}}}", "{:d}", "{a.b[c]}", "{0.}", "{.real}", "{[0]}", "{}{}", "{99999999999999999999}", "{0[-1]}", "{0[1][2]}", "{:}}",
             "{a!s}", "abc", "{0[0]x}", "x{{y}}z{}", "{:>{a}}", "{0:{1}}", "{:.2f}|{:>8}", "{a[0]}", "{a[x]}", "{0!s:*^9}", "{!a}", "{:{{}}}", "{{{}}}", "{0[0].real}", "{0{1}}", "é{}é", "{:,}", "{0:}", "{!r}", "{0[99999999999999999999]}"]
    for text in texts:
        for args in [(), (1,), (1.5, 8), ("a", "b"), ([1, [2, 3, 4]],), ({"a": 1}, 2)]:
            for keywords in [{}, {"a": 1, "b": 2.5}, {"a": [7, 8], "w": 9, "p": 3}, {"a": {"x": 1}}]:
                if random.random() < 0.7:
                    yield row("format", lambda text, *args, **keywords: text.format(*args, **keywords), (text, *args), keywords)


write("format_old.txt", [*old(), *new()])
