"""Random programs of many small loops, each by itself: at module level and in functions, over globals, locals and cells."""

import re

from expressions import table
from generate import Generator, indented
from loop_expressions import EXPRESSIONS, INDICES, ITEMS, LITERALS, POOLS, UNIONS
from loop_snippets import LOOPS, PREAMBLE, SHADOWS, STATEMENTS
from snippets import parse
from values import ARRAYS, Values

PLACES = "module_level " * 2 + "function " * 3 + "arguments " * 3 + "closure global_names"
MOST_LOOPS = 40
SCALARS = ("int", "float", "num", "bool", "any")
COUNTERS = ("counter", "fuel")
UNSHOWN = ("touch", "fns", "fn")


class Loops(Generator):
    """`setup` stands before the loop in hand: what its text asks for is made there when it first asks."""

    unions, item, depth = UNIONS, "num", 2
    ill_typed, reuse, share_of_arrays = 0.004, 0.6, 1.0

    def tables(self):
        self.loops, self.shadows = self.enabled(parse(LOOPS)), self.enabled(parse(SHADOWS))
        return table(EXPRESSIONS), parse(STATEMENTS)

    # Programs.

    def program(self):
        lines = ["import math", "import numpy as np"] if self.arrays else ["import math"]
        lines += PREAMBLE.strip().split("\n")
        last = self.random.randint(MOST_LOOPS // 2, MOST_LOOPS)
        for number in range(1, last + 1):
            lines += [f"start({number})", *self.piece(number, bare=number == last)]
        return "\n".join(lines) + "\n"

    def piece(self, number, bare):
        """A loop in its place; `bare` where nothing catches its errors. One that is no Python is made again."""
        while True:
            lines = self.placed(number, bare, self.random.choice(PLACES.split()))
            try:
                compile("\n".join(lines), "loop", "exec")
                return lines
            except SyntaxError:
                pass

    def placed(self, number, bare, place):
        self.number, self.bare, self.name = number, bare, f"loop{number}"
        self.outside = place in ("module_level", "global_names")
        self.in_function = place != "module_level"
        self.scopes, self.setup, self.kinds = [{}], [], {}
        self.assigned, self.unsure = set(), set()
        self.values = Values(self)
        self.in_loop, self.level = False, 0
        if place == "module_level" and self.shadows and self.chance(0.12):
            return self.shadowed()
        lines = []
        for _ in range(self.random.choice((1, 1, 1, 2))):
            lines += self.a_loop(3)
        return getattr(self, place)(lines)

    def guard(self, lines, probability=1.0):
        if self.bare or not self.chance(probability):
            return lines
        return ["try:", *indented(lines), "except Exception as error:", "    print(type(error).__name__, error)"]

    def module_level(self, lines):
        return [*self.before(), *self.guard(lines), *self.after()]

    def shadowed(self):
        *lines, restore = self.expand(self.random.choice(self.shadows), 3)
        restored = [f"{restore.removeprefix('del ')} = None", restore]
        return [*self.before(), *self.guard(lines), *restored, *self.after()]

    def function(self, lines):
        body = [*self.before(), *self.guard(lines, 0.8), *self.after()]
        call = self.guard([f"show('returned', {self.name}())"])
        if self.chance(0.1):
            call = ["for turn in range(3):", *indented(call)]
        return [f"def {self.name}():", *indented(body), *call]

    def arguments(self, lines):
        """Called several times, and not always with the same types."""
        free = [(name, value) for name, value, literal in self.setup if literal and self.chance(0.6)]
        calls = []
        for turn in range(self.random.choice((1, 2, 2, 3, 4))):
            values = [self.values.other(self.kinds[name]) if turn else value for name, value in free]
            calls += self.guard([f"show('returned', {self.name}({', '.join(values)}))"])
        parameters = [name for name, _ in free]
        body = [*self.before(parameters), *self.guard(lines, 0.8), *self.after()]
        return [f"def {self.name}({', '.join(parameters)}):", *indented(body), *calls]

    def closure(self, lines):
        """In a function within one: the names before the loop are cells."""
        inner = [*self.declared("nonlocal"), *lines, *self.after(setup=False), "pass"]
        body = [*self.before(), "def inner():", *indented(inner), *self.guard(["inner()"]), *self.after(others=False)]
        return [f"def {self.name}():", *indented(body), *self.guard([f"{self.name}()"])]

    def global_names(self, lines):
        body = [*self.declared("global"), *self.guard(lines, 0.5), *self.after(setup=False), "pass"]
        call = self.guard([f"{self.name}()"])
        return [*self.before(), f"def {self.name}():", *indented(body), *call, *self.after(others=False)]

    def declared(self, word):
        mine = [name for name, *_ in self.setup if name in self.assigned]
        return [f"{word} {', '.join(mine)}"] if mine and self.chance(0.9) else []

    def before(self, parameters=()):
        lines = []
        for name, value, _ in self.setup:
            if name not in parameters:
                lines += value if isinstance(value, list) else [f"{name} = {value}"]
        return lines

    def after(self, setup=True, others=True):
        """Shows every name: those that may be unbound one by one."""
        made = [name for name, *_ in self.setup]
        names = made * setup + [name for name in self.kinds if name not in made] * others
        names = [name for name in names if self.kinds[name] not in UNSHOWN]
        sure = [name for name in names if name in made and name not in self.unsure and self.kinds[name] != "it"]
        lines = [f"show({' '.join(sure)!r}, {', '.join(sure)})"] if sure else []
        for name in names:
            if name not in sure:
                value = f"list({name})" if self.kinds[name] == "it" else name
                lines += ["try:", f"    show({name!r}, {value})", "except Exception as error:", "    print(error)"]
        return lines

    # Loops and statements.

    def a_loop(self, depth):
        if self.chance(0.45) and not self.values.long and not (self.bare and self.level == 0):
            return self.expand(self.random.choice(self.loops), depth)
        header = [f"for {self.template('for', self.depth)}:", "    $loop"]
        return self.expand(header + ["else:", "    $block"] * self.chance(0.12), depth)

    def nested(self, kind, depth):
        outer = self.in_loop, self.level
        self.in_loop, self.level = self.in_loop or kind == "$loop", self.level + (kind == "$loop")
        self.scopes.append({})
        lines = []
        for _ in range(self.random.choice((1, 2, 2, 3, 3, 4, 5)) if kind == "$loop" else self.random.choice((1, 1, 2))):
            lines += self.statement(depth - 1)
        if self.bare and self.level == 1 and kind == "$loop":
            lines += self.expand(["if $rare: @a:num = $fail"], 1)
        inner = self.scopes.pop()
        # What a block bound is known after it now and then only: it may not have run.
        self.scopes[-1].update({name: found for name, found in inner.items() if self.chance(0.15)})
        self.in_loop, self.level = outer
        return lines

    def statement(self, depth):
        if depth > 0 and self.level in (1, 2) and not self.values.long and self.chance(0.09):
            return self.a_loop(depth)
        while True:
            snippet = self.random.choice(self.snippets if depth > 0 else self.flat)
            text = "\n".join(snippet)
            if self.in_loop or not re.search(r"\b(break|continue)\b", text):
                return self.expand(snippet, depth)

    # Names.

    def fresh(self, kind):
        pool = POOLS.get(kind, kind[:2]).split()
        numbered = (f"{pool[0]}{i}" for i in range(2, 99))
        suffix = str(self.number) if self.outside else ""
        for name in (*pool, *numbered):
            if name + suffix not in self.kinds:
                self.kinds[name + suffix] = kind
                return name + suffix

    def require(self, kind, among=()):
        """A name of that kind that is bound before the loop; a new one where there is none, or now and then."""
        names = [name for name, *_ in self.setup if self.kinds[name] == kind and name not in among]
        if names and (len(names) > 2 or self.chance(0.75)):
            return self.random.choice(names)
        name = self.fresh(kind)
        value, literal = self.values.initial(kind, name)
        self.setup.append((name, value, literal))
        self.scopes[0][name] = kind
        return name

    def known(self, kind):
        def fits(k):
            if k == kind:
                return True
            if kind == "int":
                return k in COUNTERS or k == "num" and self.chance(0.1)
            return kind in ("num", "any", "float") and (k in ("num", "any") and self.chance(0.1))

        return [name for scope in self.scopes for name, k in scope.items() if fits(k)]

    def counters(self, kinds=COUNTERS):
        return [name for scope in self.scopes for name, k in scope.items() if k in kinds]

    def target(self, letter, kind, snippet, taken):
        if f"def @{letter}" in snippet:
            return self.fresh("fn")
        if kind is None:
            declared = re.search(rf"@{letter}:(\w+)", snippet)
            kind = declared[1] if declared else self.random.choice(SCALARS)
        found = self.chosen(letter, kind, snippet, taken)
        self.assigned.add(found)
        if f"del @{letter}" in snippet:
            self.unsure.add(found)
        return found

    def chosen(self, letter, kind, snippet, taken):
        if kind in ("fuel", "new", "fn", "list", "it"):
            return self.fresh(kind)
        known = [name for scope in self.scopes for name, k in scope.items() if k == kind and name not in taken]
        if kind == "counter":
            return self.random.choice(known) if known and self.chance(0.05) else self.fresh(kind)
        if self.chance(0.04):
            others = [name for scope in self.scopes for name, k in scope.items() if k in SCALARS and name not in taken]
            known = others or known
        walked = re.search(rf"for .*@{letter}\b.* in ", snippet)
        bound = walked or re.search(rf"^\s*@{letter}:\w+(, @\w:\w+)* = ", snippet, re.M)
        if known and not self.chance(0.8 if walked else 0.25 if bound else 0.0):
            return self.random.choice(known)
        return self.fresh(kind) if bound else self.require(kind, taken)

    # Expressions.

    def expression(self, kind, depth):
        while kind in UNIONS and not (kind in self.rows and self.chance(0.35)):
            kind = self.random.choice([k for k in UNIONS[kind].split() if self.arrays or k not in ARRAYS])
        if kind in ITEMS:
            return self.item_of(ITEMS[kind])
        if kind == "index":
            return self.random.choice(self.counters() or self.known("int") or [self.require("int")])
        if kind == "counter":
            return self.random.choice(self.counters(("counter",)) or [self.require("int")])
        if self.values.holds(kind) and not (kind in self.rows and depth > 0 and self.chance(0.08)):
            names = self.known(kind)
            return self.random.choice(names) if names and self.chance(0.8) else self.require(kind)
        if kind not in LITERALS and kind not in UNIONS and kind in self.rows:
            return self.template(kind, depth)
        return super().expression(kind, depth)

    def item_of(self, container):
        """An item by an index that mostly exists."""
        name = self.expression(container, 0)
        first = self.index_into(name)
        if container not in ("fmat", "imat"):
            return f"{name}[{first}]"
        second = self.random.choice(self.counters() + ["0", "1", "-1", "0", "1", "2"])
        return f"{name}[{first}][{second}]" if self.chance(0.5) else f"{name}[{first}, {second}]"

    def index_into(self, name):
        counters = self.counters()
        if not counters:
            return self.literal("bit")
        weights, patterns = zip(*INDICES)
        pattern = self.random.choices(patterns, weights)[0]
        return pattern.format(v=self.random.choice(counters), c=name, k=self.literal("bit"))

    def literal(self, kind):
        if kind == "n":
            return self.values.trips()
        if kind == "limit":
            return self.values.limit()
        if kind in ("int", "float") and self.chance(0.04):
            kind = "big" if kind == "int" else "extreme"
        if kind == "int" and self.chance(0.3):
            return str(self.random.randint(-20, 100))
        if kind == "float" and self.chance(0.4):
            return repr(self.random.choice((self.random.uniform(-10, 10), self.random.randint(-40, 40) / 8)))
        if kind in LITERALS:
            return self.random.choice(LITERALS[kind])
        if kind in UNIONS:
            return self.literal(self.random.choice([k for k in UNIONS[kind].split() if k in LITERALS]))
        return self.values.makers[kind](kind)
