"""Random programs, deterministic by seed: mostly well-typed, and now and then not."""

import random
import re

from expressions import ARRAYS, EXPRESSIONS, LITERALS, STRINGS, UNIONS, table
from snippets import NUMPY, SNIPPETS, parse

# In the order in which a reader would learn them; `--features` takes any of these, or `all`.
FEATURES = """
    math percent format sortkey type isinstance functional set comp genexp lambda closure starargs starunpack walrus del try
    with input sys hash slice annotations main shadow assert dictmethods floatmethods strtables bytes dunder next control recursive stderr fmtcheck numpy
""".split()

ERRORS = """ValueError TypeError KeyError IndexError ZeroDivisionError NameError Exception ArithmeticError LookupError
    RuntimeError AttributeError AssertionError OverflowError StopIteration OSError NotImplementedError""".split()
GLOBALS = "a b c d e x y z total items data name count".split()
LOCALS = "p q r s u v w x y".split()
CHARS = "*.-_#0 x~éß日"
STRUCTURAL = ("def @f", "for ", "while ", "if ", "try:", "with ")


class Generator:
    """`unions` are kinds that stand for several, `reuse` is how often an existing name is taken, `depth` that of expressions."""

    unions, item, depth = UNIONS, "any", 3
    ill_typed, reuse, share_of_arrays = 0.025, 0.35, 0.12

    def __init__(self, seed, features):
        self.random = random.Random(seed)
        self.features = frozenset(features)
        self.arrays = "numpy" in features and self.random.random() < self.share_of_arrays
        rows, snippets = self.tables()
        self.rows = {kind: self.enabled(rows[kind]) for kind in rows}
        self.snippets = self.enabled(snippets)
        self.flat = [lines for lines in self.snippets if not any(part in "\n".join(lines) for part in STRUCTURAL)]
        self.scopes = [{}]
        self.functions = self.marks = 0
        self.in_loop = self.in_function = self.traced = False

    def tables(self):
        if self.arrays:
            return table(EXPRESSIONS + ARRAYS), parse(NUMPY) * 4 + parse(SNIPPETS)
        return table(EXPRESSIONS), parse(SNIPPETS)

    def enabled(self, rows):
        known = self.features | ({"numpy"} if self.arrays else set())
        return [content for content, needs in rows if needs <= known]

    def chance(self, probability):
        return self.random.random() < probability

    # Programs and statements.

    def program(self):
        lines = ["import math"] if "math" in self.features else []
        if self.arrays:
            lines.append("import numpy as np")
        self.traced = self.chance(0.3)
        if self.traced:
            lines += ["def t(x):", "    print('t', repr(x))", "    return x"]
        for _ in range(self.random.randint(3, 12)):
            lines += self.guarded(self.statement(3))
        for name in self.scopes[0]:
            lines += self.guarded([f"print({name!r}, {name})"], 0.9)
        return "\n".join(lines) + "\n"

    def guarded(self, lines, probability=0.6):
        if "try" not in self.features or not self.chance(probability):
            return lines
        return ["try:", *indented(lines), "except Exception as error:", "    print(repr(error))"]

    def block(self, depth):
        lines = []
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))):
            lines += self.statement(depth - 1)
        return lines

    def statement(self, depth):
        if self.in_loop and self.chance(0.15):
            word = self.random.choice(("break", "continue"))
            return [word] if self.chance(0.2) else [f"if {self.expression('bool', 2)}:", f"    {word}"]
        if self.in_function and self.chance(0.15):
            return [f"return {self.expression('any', 2)}" if self.chance(0.9) else "return"]
        while True:
            snippet = self.random.choice(self.snippets if depth > 0 else self.flat)
            if not self.in_function or "closure" in self.features or "def @f" not in "\n".join(snippet):
                return self.expand(snippet, depth)

    def expand(self, snippet, depth):
        names, lines = {}, []
        text = "\n".join(snippet)
        for line in snippet:
            content = line.lstrip()
            indent = line[: len(line) - len(content)]
            if content == "$control":
                lines += indented(self.control(self.random.randint(2, 4), False), indent)
            elif content in ("$block", "$loop", "$body"):
                lines += indented(self.nested(content, depth), indent)
            else:
                # A right-hand side is made before its target is bound.
                left, equals, right = content.partition(" = ")
                if equals and "(" not in left and "def" not in left:
                    right = self.fill(right, names, text)
                    content = self.fill(left, names, text) + equals + right
                else:
                    content = self.fill(content, names, text)
                lines.append(indent + content)
        return lines

    def nested(self, kind, depth):
        outer = self.in_loop, self.in_function
        if kind == "$loop":
            self.in_loop = True
        if kind == "$body":
            self.in_loop, self.in_function = False, True
            self.scopes.append({"x": "any"} if self.chance(0.5) else {})
        lines = self.block(depth)
        if kind == "$body":
            self.scopes.pop()
        self.in_loop, self.in_function = outer
        return lines

    def control(self, depth, in_loop):
        """Loops, `try` and `with` in one another, left in every way, with a trace of what ran."""
        self.marks += 1
        mark, choose = self.marks, self.random.choice
        lines = [f"print({mark}, end=' ')"]
        for _ in range(self.random.randint(1, 2)):
            kind = choose(("leave", "leave", "try", "try", "try", "loop", "with", "if")) if depth > 0 else "leave"
            body = indented(self.control(depth - 1, in_loop or kind == "loop")) if kind != "leave" else []
            match kind:
                case "leave":
                    ways = [f"return {mark}", f"raise {choose(ERRORS)}({mark})", "1 / 0", "raise", f"return print({mark})"]
                    ways += ["break", "continue"] * 2 if in_loop else []
                    when = choose(("True", f"n % 2 == {choose((0, 1))}", f"n == {mark % 3}", f"n != {mark % 3}", "n"))
                    lines += [f"if {when}: {choose(ways)}"] if self.chance(0.8) else ["n += 1"]
                case "if":
                    lines += [f"if n % 3 == {choose((0, 1, 2))}:", *body]
                case "with":
                    lines += ["with open('fuzz.txt', 'w') as w:", *body] if "with" in self.features else body and ["if n:", *body]
                case "loop":
                    lines += choose(([f"for i{depth} in range({choose((1, 2, 3))}):", *body], ["while n < 6:", "    n += 1", *body]))
                    if self.chance(0.4):
                        lines += ["else:", *indented(self.control(depth - 1, in_loop))]
                case "try":
                    lines += ["try:", *body]
                    handled = self.chance(0.7)
                    if handled:
                        caught = choose((*ERRORS, "Exception", "Exception", "(ValueError, ZeroDivisionError)"))
                        lines += [f"except {caught} as e:", f"    print(repr(e), repr(e.__context__), end=' ')"]
                        lines += indented(self.control(depth - 1, in_loop))
                        if self.chance(0.4):
                            lines += ["else:", *indented(self.control(depth - 1, in_loop))]
                    if not handled or self.chance(0.5):
                        lines += ["finally:", *indented(self.control(depth - 1, in_loop))]
        return lines

    def fill(self, text, names, snippet):
        def replace(match):
            letter, kind, hole = match[1], match[2], match[3]
            if letter:
                if letter not in names:
                    names[letter] = self.target(letter, kind, snippet, names.values())
                if kind:
                    self.scopes[-1][names[letter]] = kind
                return names[letter]
            after = text[match.end() : match.end() + 1]
            return self.hole(hole, self.depth, after, text)

        return re.sub(r"@([a-z])(?::([a-z]+))?|\$([a-z]+)", replace, text)

    def target(self, letter, kind, snippet, _):
        if f"def @{letter}" in snippet:
            self.functions += 1
            return f"f{self.functions}"
        scope = self.scopes[-1]
        if re.match(rf"@{letter}:\w+ \S+= ", snippet):
            fitting = [name for name, known in scope.items() if known == kind]
            if fitting and self.chance(0.9):
                return self.random.choice(fitting)
        pool = GLOBALS if len(self.scopes) == 1 or self.chance(0.08) else LOCALS
        return self.random.choice(pool)

    # Expressions.

    def hole(self, kind, depth, after="", text=""):
        match kind:
            case "spec":
                return self.spec()
            case "specstr":
                return repr(self.spec())
            case "pspec":
                return self.percent_spec()
            case "char":
                return self.random.choice(CHARS)
            case "step":
                return self.random.choice("2 -1 -2 3 1 -3 -1 2 0".split())
            case "width":
                return str(self.random.choice((0, 1, 2, 3, 5, 7, 8, 10, 12, 15)))
            case "errors":
                if self.chance(0.15):
                    return "(" + ", ".join(self.random.sample(ERRORS, 2)) + ")"
                return self.random.choice(ERRORS)
        found = self.expression(kind, depth)
        in_string = 'f"' in text
        if is_atom(found):
            number = found[0].isdigit() and after == "."
            return f"({found})" if number or (in_string and found.startswith("{")) else found
        loose = after in ("", " ", ",", ")", "]") and not in_string and ":" not in text + found and "lambda" not in text
        if loose and not re.search(r":=|\bif\b|\bfor\b|\bnot\b|\blambda\b", found) and self.chance(0.25):
            return found
        return f"({found})"

    def expression(self, kind, depth):
        if self.chance(self.ill_typed):
            kind = "any"
        if kind in self.unions:
            kinds = self.unions[kind].split()
            if kind == "any" and self.chance(0.1):
                return self.template("any", depth)
            kind = self.random.choice([k for k in kinds if k != "set" or "set" in self.features])
        elif kind == "set" and "set" not in self.features:
            kind = "list"
        if self.chance(self.reuse):
            known = self.known(kind)
            if known:
                return self.random.choice(known)
        if kind in ("small", "count") or depth <= 0 or kind in LITERALS and self.chance(0.4):
            return self.literal(kind)
        found = self.template(kind, depth)
        return f"t({found})" if self.traced and self.chance(0.06) else found

    def known(self, kind):
        """The names that hold a value of that kind, or may."""
        return [name for scope in self.scopes for name, k in scope.items() if k == kind or k == "any" and self.chance(0.2)]

    def template(self, kind, depth):
        rows = self.rows.get(kind)
        if not rows:
            return self.literal(kind)
        text = self.random.choice(rows)
        name = self.random.choice(LOCALS[:-1])

        def replace(match):
            hole, after = match[1], text[match.end() : match.end() + 1]
            if hole == "name":
                return name
            if hole != "item":
                return self.hole(hole, depth - 1, after, text)
            self.scopes.append({name: "any"} if self.chance(0.5) else {name: self.random.choice(("int", "str"))})
            found = self.hole(self.item, depth - 1, after, text)
            self.scopes.pop()
            return found

        found = re.sub(r"\$([a-z]+)", replace, text)
        # CPython 3.13.0 reads escapes in the text that `=` shows a second time.
        return self.literal(kind) if "\\" in found and re.search(r"= ?(!r)?}", text) else found

    def literal(self, kind):
        choose, number = self.random.choice, lambda: self.literal("int")
        if kind == "int" and self.chance(0.3):
            return str(self.random.randint(-20, 100))
        if kind == "float" and self.chance(0.3):
            return repr(self.random.choice((self.random.uniform(-10, 10), self.random.randint(-40, 40) / 8)))
        if kind in LITERALS:
            return choose(LITERALS[kind].split())
        match kind:
            case "str":
                return self.quoted(choose(STRINGS))
            case "ints":
                return "[" + ", ".join(str(self.random.randint(-9, 20)) for _ in range(self.random.randint(0, 5))) + "]"
            case "strs":
                return "[" + ", ".join(self.quoted(choose(STRINGS)) for _ in range(self.random.randint(0, 3))) + "]"
            case "list":
                return "[" + ", ".join(self.expression("any", 0) for _ in range(self.random.randint(0, 3))) + "]"
            case "tuple" | "keytuple":
                return "(" + "".join(self.expression("key", 0) + ", " for _ in range(self.random.randint(0, 3))) + ")"
            case "dict":
                pairs = [f"{self.expression('key', 0)}: {number()}" for _ in range(self.random.randint(0, 3))]
                return "{" + ", ".join(pairs) + "}"
            case "set":
                return "{" + ", ".join(self.expression("key", 0) for _ in range(self.random.randint(1, 6))) + "}"
            case "range":
                return f"range({self.literal('small')}, {self.hole('width', 0)})"
            case "gen":
                return f"iter({self.literal(choose(('list', 'ints', 'strs', 'str', 'range')))})"
            case "arr":
                return choose(("np.arange(4)", "np.array([1.5, -2.0, 0.0])", "np.ones((2, 3))", "np.array([True, False])"))
            case "type":
                return choose(("int", "str", "float", "list", "dict", "tuple", "bool"))
            case "key" | "num" | "any" | "seq" | "iter" | "sized":
                return self.literal(choose(UNIONS[kind].split()))
        raise KeyError(kind)

    def quoted(self, text):
        if "\n" not in text and "\\" not in text and text.isprintable() and '"' not in text and self.chance(0.3):
            return f'"{text}"'
        return repr(text)

    def spec(self):
        spec = ""
        if self.chance(0.4):
            spec = (self.random.choice(CHARS) if self.chance(0.4) else "") + self.random.choice("<>^=")
        spec += self.random.choice(("", "", "", "+", "-", " "))
        spec += "z" if self.chance(0.05) else ""
        spec += "#" if self.chance(0.15) else ""
        spec += "0" if self.chance(0.2) else ""
        spec += str(self.random.choice((1, 2, 5, 8, 12, 20))) if self.chance(0.5) else ""
        spec += self.random.choice(",_") if self.chance(0.15) else ""
        spec += "." + str(self.random.choice((0, 1, 2, 3, 6, 17, 30))) if self.chance(0.4) else ""
        return spec + self.random.choice(["", "", *"dfeEgGFxXobcsn%"[: 15 if self.chance(0.9) else 12]])

    def percent_spec(self):
        flags = "".join(flag for flag in "-+ 0#" if self.chance(0.2))
        width = str(self.random.choice((1, 4, 8, 12))) if self.chance(0.5) else ""
        precision = "." + str(self.random.choice((0, 1, 2, 6, 20))) if self.chance(0.4) else ""
        return flags + width + precision + self.random.choice("diouxXeEfFgGcrsa")


def indented(lines, by="    "):
    return [by + line for line in lines]


def is_atom(text):
    """Whether it stands beside any operator without parentheses."""
    if re.fullmatch(r"[\w.]+", text):
        return True
    closing = {"(": ")", "[": "]", "{": "}"}
    if text[0] in closing or re.match(r"[A-Za-z_][\w.]*[(\[]", text):
        return spans(text)
    return text[0] in "'\"" and not re.search(r"[^\w]['\"] ", text) and text.count(text[0]) == 2 and text.endswith(text[0])


def spans(text):
    """Whether the first bracket closes at the very end, roughly (strings with brackets make it say no)."""
    if "'" in text or '"' in text:
        return False
    depth = 0
    for i, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return i == len(text) - 1
    return False


def program(seed, number, features, mutate=False, generator=Generator):
    source = generator(f"{seed}-{number}", features).program()
    return mutated(source, random.Random(f"mutation {seed}-{number}")) if mutate else source


TOKEN = re.compile(r"\w+|'[^'\n]*'|\"[^\"\n]*\"|\n *|[^\w\s]=?| +")
INSERTED = """( ) [ ] { } : , . = == := ; * ** + - ~ not in is if else for lambda return yield del pass None x 0 'a' f'{ ' \" \n
    \\ # @ -> async class def try except finally while with as import global nonlocal break continue match print""".split(" ")


def mutated(source, random):
    """The program with a few tokens left out, doubled, exchanged or put in: mostly a syntax error."""
    tokens = TOKEN.findall(source)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        i = random.randrange(len(tokens))
        match random.randrange(5):
            case 0:
                del tokens[i]
            case 1:
                tokens.insert(i, tokens[i])
            case 2:
                tokens.insert(i, random.choice(INSERTED).strip() or "\n")
            case 3:
                tokens[i] = random.choice(tokens)
            case 4:
                j = random.randrange(len(tokens))
                tokens[i], tokens[j] = tokens[j], tokens[i]
        tokens = tokens or ["pass"]
    return "".join(tokens)
