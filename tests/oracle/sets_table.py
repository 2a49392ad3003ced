"""Writes `tests/data/sets.txt`: hashes, operations on sets, and the order that long sequences of them leave.

A row's arguments are read by Python itself, so that a display of constants makes the table that the compiler makes.
"""

import operator
import os
import random

import numpy as np

from rows import answer, write

assert os.environ.get("PYTHONHASHSEED") == "0", "hashes of strings depend on the seed"
random.seed(7)

NAMES = {"np": np, "inf": float("inf"), "keys": dict.keys, "items": dict.items, "values": dict.values}
OPERATORS = {
    "|": operator.or_, "&": operator.and_, "-": operator.sub, "^": operator.xor, "+": operator.add,
    "|=": operator.ior, "&=": operator.iand, "-=": operator.isub, "^=": operator.ixor,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "in": lambda item, container: item in container,
}
FUNCTIONS = {**OPERATORS, "hash": hash, "set": set, "frozenset": frozenset, "len": len, "bool": bool, "repr": repr, "list": list, "isinstance": lambda value, name: isinstance(value, {"set": set, "frozenset": frozenset}[name]),
             "sorted": sorted, "unbound": lambda kind, name, *args: getattr({"set": set, "frozenset": frozenset}[kind], name)(*args)}


def row(name, text, keywords={}):
    """A function, an operator or a method, on arguments that `text` spells; sets show what became of them."""
    args = eval(text, NAMES)
    if name not in FUNCTIONS and not hasattr(args[0], name):
        return None

    def function(*args, **keywords):
        if name in FUNCTIONS:
            result = FUNCTIONS[name](*args, **keywords)
        else:
            result = getattr(args[0], name)(*args[1:], **keywords)
        return (result, args[0]) if args and type(args[0]) is set else result

    result = answer(function, args, keywords)
    return None if result is None else f"{name}\t{text}\t{keywords!r}\t{result}"


def hashes():
    numbers = [0, 1, -1, -2, 2, 2**31, 2**61 - 2, 2**61 - 1, 2**61, -(2**61) + 1, 2**62, 2**63 - 1, -(2**63), 2**63, 2**64, 10**20, -(10**20), 3**200, -(7**99), (2**61 - 1) * 5, True, False,
               0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -2.0, 1e300, -1e300, 1e-300, 5e-324, 2.0**61, 2.0**-61, 2.0**60, 0.1, 3.14, 1e16, 2.2250738585072014e-308, 1.7976931348623157e308]
    numbers += [random.choice([-1, 1]) * random.random() * 10.0 ** random.randrange(-300, 300) for _ in range(60)]
    numbers += [random.choice([-1, 1]) * random.getrandbits(random.randrange(1, 300)) for _ in range(60)]
    texts = ["", "a", "b", "abc", "hello world", "1234567", "12345678", "123456789", "é", "naïve", "ÿ", "Ā", "日本語", "a日", "😀", "a😀b", "x" * 100, "\x00", "\x00\x00", "ñ" * 15, "語" * 9]
    scalars = [np.float64(1.5), np.float64(-0.0), np.int64(-1), np.int64(2**62), np.float32(0.1), np.float32(7), np.bool(True)]
    tuples = [(), (1,), (1, 2), (2, 1), ((),), ((1, 2), (3, (4,))), ("a", 1, None), (None,), (-1,), (1.0, 2.0), (True, False), tuple(range(20)), ("", ""), ((((),),),)]
    for value in [*numbers, *texts, *scalars, *tuples, None]:
        yield row("hash", f"({value!r},)")
    for text in ["inf", "-inf", "range(0, 0)", "range(5, 5)", "range(0, 3)", "range(0, 1, 5)", "range(2, 9, 3)", "range(0, 9223372036854775807)", "range(-5, -50, -7)", "slice(1, 2, None)",
                 "slice(None, None, None)", "slice((1, 2), 'a', None)", "(range(0, 2), slice(0, 1, 2))", "frozenset()", "frozenset((0,))", "frozenset((1, 2, 3))", "frozenset(('a', 'b'))",
                 "frozenset((frozenset(), 1.5))", "frozenset((-1, -2))", "(frozenset((1,)), 2)", "[]", "{}", "{1: 2}", "set()", "{1}", "([],)", "(1, (2, {3}))", "slice([], 1, 2)", "keys({})",
                 "items({1: 2})", "(1, keys({}))"]:
        yield row("hash", f"({text},)")
    for text in ["()", "(1, 2)"]:
        yield row("hash", text)
    yield row("hash", "(1,)", {"x": 1})
    for size in range(40):
        keys = [random.choice([random.randrange(-30, 100), random.random(), chr(97 + random.randrange(26))]) for _ in range(size)]
        yield row("hash", f"(frozenset({keys!r}),)")


# Sets of every size and kind; displays of more than two constants are made by the compiler.
SETS = ["set()", "{1}", "{1, 2}", "{3, 2, 1}", "{0, 8, 16, 24}", "{0, 8, 16, 24, 32, 40}", "{True, 2, 3}", "{1.0, 2.5, None}", "{'a', 1}", "{(1, 2), (3, 4), 5}", "{-1, -2, -3}", "set(range(0, 20))",
        "set(range(0, 100, 8))", "{64, 0, 128, 7, 15}", "{frozenset({1}), 2}", "{np.int64(1), 2}"]
FROZEN = ["frozenset()", "frozenset({1, 2})", "frozenset({8, 0, 16, 1})", "frozenset(range(0, 50, 5))", "frozenset([frozenset([1]), 1])"]
VIEWS = ["keys({})", "keys({1: 2, 3: 4})", "keys({8: 0, 0: 0, 16: 0, 24: 1, 5: 5})", "items({})", "items({1: 2, 3: 4})", "items({1: [2]})", "items({3: 4, 5: 6})", "values({1: 2})", "values({})",
         "keys({'a': 1, 1: 'a'})", "items({0: 0, 1: 2, 9: 9})"]
OTHERS = ["[1, 2, 40]", "[]", "(8, 0, 3)", "range(0, 12, 3)", "{1: 2, 9: 9}", "{}", "'ab'", "1", "None", "[[]]", "[1, []]", "[(1, 2)]", "1.5", "[{1}]", "[0, 8, 16, 24, 32, 40, 48, 56]", "[frozenset([1])]"]
VARIADIC = ["union", "intersection", "difference", "update", "intersection_update", "difference_update"]
SINGLE = ["symmetric_difference", "symmetric_difference_update", "issubset", "issuperset", "isdisjoint"]
KEYS = ["1", "1.0", "True", "40", "'a'", "None", "(1, 2)", "[]", "{1}", "set()", "{1: 2}", "frozenset([1])", "([],)", "np.float64(2.0)", "1e400", "8", "[1]", "range(0, 3)"]


def operations():
    everything = SETS + FROZEN + VIEWS + OTHERS
    for symbol in OPERATORS:
        if symbol == "in":
            continue
        for a in SETS + FROZEN + VIEWS:
            for b in random.sample(everything, 3 if symbol in ("!=", "+") else 7):
                yield row(symbol, f"({a}, {b})")
        for a in OTHERS:
            for b in random.sample(SETS + FROZEN + VIEWS, 2):
                yield row(symbol, f"({a}, {b})")
    for a in SETS + FROZEN + VIEWS:
        for key in random.sample(KEYS, 9):
            yield row("in", f"({key}, {a})")


def methods():
    everything = SETS + FROZEN + VIEWS + OTHERS
    for a in SETS + FROZEN:
        for name in VARIADIC + SINGLE:
            for b in random.sample(everything, 7):
                yield row(name, f"({a}, {b})")
            yield row(name, f"({a},)")
        for name in VARIADIC:
            for _ in range(2):
                yield row(name, f"({a}, {', '.join(random.choices(everything, k=random.randrange(2, 4)))})")
        for name in ["add", "discard", "remove"]:
            for key in random.sample(KEYS, 8):
                yield row(name, f"({a}, {key})")
        for name in ["pop", "clear", "copy", "len", "bool", "repr", "list", "sorted"]:
            yield row(name, f"({a},)")
    for a in VIEWS:
        for b in random.sample(SETS + FROZEN + VIEWS + OTHERS, 12):
            yield row("isdisjoint", f"({a}, {b})")
    for a in ["{1}", "frozenset([1])"]:
        for name in VARIADIC + SINGLE + ["add", "discard", "remove", "pop", "clear", "copy"]:
            yield row(name, f"({a},)")
            yield row(name, f"({a}, 1, 2)")
            yield row(name, f"({a}, [1])", {"x": 1})
        for name in ["add", "union", "issubset", "copy", "pop"]:
            for kind in ["set", "frozenset"]:
                for args in ["", ", 1", ", {1}", ", {1}, {2}", ", frozenset()", ", [1], [2]"]:
                    yield row("unbound", f"('{kind}', '{name}'{args})")
    for name in ["set", "frozenset"]:
        for a in everything:
            yield row(name, f"({a},)")
            yield row("isinstance", f"({a}, '{name}')")
        yield row(name, "()")
        yield row(name, "(1, 2)")
        yield row(name, "()", {"x": 1})
        for _ in range(40):
            values = [random.choice([random.randrange(-20, 60), random.randrange(10**12), random.random() * 50, (random.randrange(5), random.randrange(5))]) for _ in range(random.randrange(60))]
            yield row(name, f"({values!r},)")
            yield row(name, f"({{{', '.join(map(repr, values or [1]))}}},)")
            yield row(name, f"({{{', '.join(map(repr, values or [1]))}, np.int64(3)}},)")


def shown(keys):
    """A set's order: the keys themselves, or a number that depends on all of them and their places."""
    if len(keys) <= 30:
        return list(keys)
    return [len(keys), sum((at + 1) * hash(key) for at, key in enumerate(keys)) % (2**61 - 1)]


def key():
    return random.choice([
        random.randrange(16), random.randrange(-100, 100), 8 * random.randrange(50), 64 * random.randrange(50), 2 ** random.randrange(100), random.randrange(10**15),
        random.randrange(200) / 4, chr(97 + random.randrange(26)) * random.randrange(3), (random.randrange(4), random.randrange(4)), None, True, random.random(),
    ])


def step(sets, operation):
    name, target, *rest = operation
    if name in ("add", "discard"):
        return getattr(sets[target], name)(rest[0])
    if name == "pop":
        return sets[target].pop() if sets[target] else None
    if name == "clear":
        return sets[target].clear()
    source = sets[rest[0]] if isinstance(rest[0], int) else rest[0]
    if name == "thaw":
        sets[target] = set(frozenset(source))
    elif name in OPERATORS:
        sets[target] = OPERATORS[name](sets[target], source)
    elif name.endswith("update"):
        getattr(sets[target], name)(source)
    else:
        sets[target] = getattr(sets[target], name)(source)


def trace(length, size):
    """Operations on four sets: name, number of the set, then a key, the number of another set, or a container."""
    sets = [set() for _ in range(4)]
    operations = []
    names = ["add"] * 10 + ["discard"] * 7 + ["pop"] * 3 + ["update"] * 3 + VARIADIC + SINGLE[:2] + ["|", "&", "-", "^", "|=", "&=", "-=", "^=", "thaw", "copy"] + ["clear"] * (random.random() < 0.2)
    for _ in range(length):
        name, target = random.choice(names), random.randrange(4)
        if name in ("add", "discard"):
            known = sets[target] and name == "discard" and random.random() < 0.7
            operation = (name, target, random.choice(list(sets[target])) if known else key())
        elif name in ("pop", "clear"):
            operation = (name, target)
        elif name in OPERATORS or random.random() < 0.4:
            operation = ("union" if name == "copy" else name, target, random.randrange(4))
        else:
            keys = [key() for _ in range(random.randrange(size))]
            source = random.choice([keys, tuple(keys), dict.fromkeys(keys, 0), range(random.randrange(size))])
            operation = ("update" if name == "copy" else name, target, source)
        step(sets, operation)
        operations.append(operation)
    return f"trace\t({operations!r},)\t{{}}\t{[shown(keys) for keys in sets]!r}"


def traces():
    for _ in range(250):
        yield trace(random.randrange(1, 50), random.choice([3, 8, 20]))
    for _ in range(25):
        yield trace(random.randrange(5, 40), 150)
    large = [("update", 0, range(70000)), ("difference_update", 0, range(0, 30000, 3)), ("update", 0, range(100000, 100050)), ("update", 1, range(0, 400000, 7)), ("|=", 1, 0), ("^", 0, 1)]
    sets = [set() for _ in range(4)]
    for operation in large:
        step(sets, operation)
    yield f"trace\t({large!r},)\t{{}}\t{[shown(keys) for keys in sets]!r}"


write("sets.txt", [*hashes(), *operations(), *methods(), *traces()])
