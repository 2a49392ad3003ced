"""What the names of a loop hold before it: numbers, lists whose types change half way, arrays and views of them, iterators."""

import re

ARRAYS = ("farr", "sarr", "iarr", "barr", "fmat", "imat")
LONG = 2000
# What stands in a list once, among values of another kind.
STRANGERS = {
    "ints": "(2**63-1) 2**63 -2**63 2**70 True 2.5 None 'x' -2**62".split(),
    "floats": "1e999 -1e999 (1e999-1e999) -0.0 1e308 5e-324 3 2**70 True None 'x'".split(),
    "bools": "1 0 2.5 None".split(),
}
LONG_LISTS = {"ints": ("v", "v % 7", "v * v - 50 * v"), "floats": ("v / 4", "v * 0.1"), "bools": ("v % 3 == 0",)}


class Values:
    """Texts of values for one loop; `length` is that of most containers, `long` where it is no small number."""

    def __init__(self, loops):
        self.loops, self.random, self.chance = loops, loops.random, loops.chance
        self.long = self.chance(0.02)
        self.length = LONG if self.long else self.pick((3, 12), (3, 12), (3, 12), (5, 40), (5, 60))
        self.makers = {
            "ints": self.list_of, "floats": self.list_of, "bools": self.list_of, "nums": self.changing, "mixed": self.changing,
            "rows": self.rows, "dict": self.dict, "range": self.range, "it": self.iterator, "fns": lambda kind: "[]",
            "farr": self.array, "sarr": self.array, "iarr": self.array, "barr": self.array, "fmat": self.matrix, "imat": self.matrix,
        }  # fmt: skip

    def holds(self, kind):
        return kind in self.makers or kind == "touch"

    def pick(self, *ranges):
        return self.random.randint(*self.random.choice(ranges))

    # Counts.

    def trips(self):
        if self.loops.level == 0:
            return str(self.length if self.long or self.chance(0.5) else self.pick((3, 20), (10, 60)))
        return str(self.pick((2, 8)) if self.loops.level == 1 else self.pick((1, 4)))

    def limit(self):
        """Of a `for`: a number, a name that holds it, or the length of something."""
        if self.loops.level > 1 or self.chance(0.3):
            return self.trips()
        if self.chance(0.5):
            return f"len({self.loops.expression('list', 0)})"
        return self.loops.require("fuel")

    def size(self):
        if self.chance(0.75):
            return self.length
        return self.length + self.random.choice((-1, 1, 2)) if self.chance(0.5) else self.pick((0, 3), (2, 12))

    # Names.

    def initial(self, kind, name):
        """The value before the loop, or the lines that make it, and whether it needs no other name."""
        if kind == "touch":
            return self.touch(name), False
        if kind == "fuel":
            return str(self.length), True
        made = [name for name, *_ in self.loops.setup if self.loops.kinds[name] == kind]
        if made and self.holds(kind) and self.chance(0.25):
            return self.derived(kind, self.random.choice(made)), False
        return self.text(kind), True

    def text(self, kind):
        return self.makers[kind](kind) if kind in self.makers else self.loops.literal(kind)

    def derived(self, kind, name):
        """Another name of the same, or of a part of it."""
        if kind in ARRAYS:
            return self.random.choice((name, name, f"{name}[::-1]", f"{name}[1:]", f"{name}[:-1]", f"{name}[::2]", f"{name}.copy()"))
        return self.random.choice((name, name, name, f"{name}[:]", f"{name}[::-1]")) if kind not in ("dict", "it") else name

    def other(self, kind):
        """An argument of a later call, now and then of another type than the first call's."""
        if self.chance(0.5):
            return self.text(kind) if kind != "fuel" else str(self.pick((0, 20)))
        if self.holds(kind):
            return self.text(self.random.choice([k for k in self.makers if k not in ARRAYS or self.loops.arrays]))
        return self.loops.literal(self.random.choice(("int", "float", "bool", "none", "big", "str")))

    def touch(self, name):
        """A function with an effect on a name of the loop."""
        loops, choose = self.loops, self.random.choice
        declared = "global" if loops.outside else "nonlocal"
        if self.chance(0.7):
            touched = loops.require(choose(("int", "float", "num", "num", "any")))
            done = choose(("+ x", "+ x", "* 0.5", "* -1", "- 1", "+ 2 ** 62"))
            effect = choose((f"{touched} = {touched} {done}",) * 4 + (f"{touched} = x", f"if x == 3: {touched} = None", f"{touched} = -x"))
            lines = [f"{declared} {touched}", effect, choose((f"return {touched}", "return x", "pass"))]
            loops.assigned.add(touched)
        else:
            touched = loops.require(choose(("ints", "floats", "nums")))
            effects = f"{touched}[0] = x", f"{touched}[-1] = x", f"{touched}.pop()", f"if len({touched}) < 40: {touched}.append(x)"
            rebound = [f"{declared} {touched}", f"{touched} = {touched}[1:]"]
            lines = [*([choose(effects)] if self.chance(0.8) else rebound), "return x"]
        return [f"def {name}(x=1):", *("    " + line for line in lines)]

    # Containers.

    def scalars(self, kind, count):
        return [self.loops.literal(kind) for _ in range(count)]

    def list_of(self, kind):
        count = self.size()
        if count > 60:
            return f"[{self.random.choice(LONG_LISTS[kind])} for v in range({count})]"
        found = self.scalars(kind[:-1], count)
        if found and self.chance(0.25):
            found[self.random.randrange(count)] = self.random.choice(STRANGERS[kind])
        return f"[{', '.join(found)}]"

    def changing(self, kind):
        """A list of one type, then of another; or of all at once."""
        kinds = ("int", "float", "bool", "big") if kind == "nums" else ("int", "float", "bool", "none", "str", "any")
        count = min(self.size(), 60)
        if self.chance(0.3):
            return f"[{', '.join(self.loops.literal(self.random.choice(kinds)) for _ in range(count))}]"
        cuts = sorted(self.random.randint(0, count) for _ in range(2))
        phases = self.random.sample(kinds, 3) if self.chance(0.5) else ("int", "float", self.random.choice(kinds))
        sizes = cuts[0], cuts[1] - cuts[0], count - cuts[1]
        return f"[{', '.join(item for phase, size in zip(phases, sizes) for item in self.scalars(phase, size))}]"

    def rows(self, kind):
        count, width = min(self.size(), 12), self.pick((1, 4))
        if self.chance(0.2):
            return f"[[{', '.join(self.scalars('float', width))}]] * {count}"
        found = [self.scalars(self.random.choice(("int", "float", "float")), width) for _ in range(count)]
        return f"[{', '.join(f'[{', '.join(row)}]' for row in found)}]"

    def dict(self, kind):
        values = [self.loops.literal(self.random.choice(("int", "float"))) for _ in range(self.pick((0, 6)))]
        return "{" + ", ".join(f"{i}: {value}" for i, value in enumerate(values)) + "}"

    def range(self, kind):
        return f"range({self.loops.literal('small')}, {self.trips()}, {self.random.choice((1, 1, 2, 3))})"

    def iterator(self, kind):
        sources = ["iter({ints})", "iter({floats})", "iter({mixed})", "iter(range(9))", "reversed({ints})", "enumerate({floats})"]
        sources += ["(v + 1 for v in {ints})", "map(abs, {ints})", "zip({ints}, {floats})"]
        text = self.random.choice(sources)
        for kind in ("ints", "floats", "mixed"):
            text = text.replace(f"{{{kind}}}", self.text(kind))
        return text

    def array(self, kind):
        count = self.size()
        scalar = {"farr": "float", "sarr": "float", "iarr": "int", "barr": "bool"}[kind]
        dtype = {"farr": "np.float64", "sarr": "np.float32", "iarr": "np.int64", "barr": "bool"}[kind]
        if count > 60 or self.chance(0.2):
            return f"np.arange({count}).astype({dtype})" if self.chance(0.5) else f"np.zeros({count}, dtype={dtype})"
        items = self.scalars(scalar, count)
        if kind == "iarr":
            items = [item if re.fullmatch(r"-?\d{1,18}", item) else self.random.choice(("2**62", "2**63-1", "-2**63")) for item in items]
        return f"np.array([{', '.join(items)}], dtype={dtype})"

    def matrix(self, kind):
        count, width = min(max(self.size(), 1), 8), self.pick((2, 4))
        if kind == "imat":
            return f"np.arange({count * width}, dtype=np.int64).reshape({count}, {width})"
        rows = ", ".join(f"[{', '.join(self.scalars('float', width))}]" for _ in range(count))
        made = f"np.array([{rows}])", f"np.zeros(({count}, {width}))", f"np.array([{rows}]).T", f"np.array([{rows}], dtype=np.float32)"
        return self.random.choice(made)
