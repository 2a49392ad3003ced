"""Expressions out of CPython's own tests, evaluated by CPython and by `toy`.

What the test files of the interpreter that runs this script assert (`assertEqual(round(2.5), 2)`, `checkequal`,
`assertRaises(ValueError, int, '')`, the examples of doctests) is taken out of them: every expression that needs nothing
but built-ins and literals, names that a test has just bound to such, and items of a literal that a test loops over.
CPython's present answer is what counts, not what the test says about it.
"""

import ast
import collections
import copy
import doctest
import re
import sys
import sysconfig
from pathlib import Path

from batch import CPYTHON, TOY, evaluate_guarded, session

FOLDER = Path(sysconfig.get_path("stdlib")) / "test"
FILES = """test_float test_int test_long test_format test_fstring test_str string_tests test_math test_builtin test_slice
    test_range test_tuple test_dict test_set test_list list_tests seq_tests test_sort test_bool test_unary test_compare
    test_enumerate test_string_literals test_exceptions test_hash test_userlist test_iter
    test_generators test_named_expressions test_augassign test_binop test_contains test_index test_opcodes
    test_operator test_print test_call test_scope test_types test_pow
    test_int_literal test_listcomps test_dictcomps test_dictviews test_grammar""".split()
DOCTESTS = "test_unpack test_unpack_ex test_extcall test_listcomps test_setcomps test_genexps".split()
PREAMBLE = ["import math", "INF = float('inf')", "NAN = float('nan')", "NINF = -INF"]
KNOWN = """abs all any ascii bin bool chr dict divmod enumerate filter float format hash hex int isinstance iter len list
    map max min next oct ord pow print range repr reversed round set slice sorted str sum tuple type zip frozenset callable
    math INF NAN NINF ArithmeticError AttributeError Exception IndexError KeyError LookupError NameError OverflowError
    RuntimeError StopIteration TypeError ValueError ZeroDivisionError AssertionError""".split()
# Attributes of test classes that stand for the type under test.
TESTED = {"list_tests": "list", "test_list": "list", "test_tuple": "tuple", "seq_tests": "list", "test_set": "set"}
ASSERTS = "assertEqual assertTrue assertFalse assertIs assertIsNot assertIn assertNotIn assertNotEqual".split()
ASSERTS += "assertIsInstance assertAlmostEqual assertEqualSign assertTypedEquals check ftest assertFloatsAreIdentical".split()
# What these need is another library's, or answers that differ between builds.
SKIPPED = re.compile(r"sys\.|__\w+__|\bsupport\b|id\(|getrandbits|\\ud[89a-f]|\bhash\((object|None)|locals|globals|maxsize|2 \*\* 16")
MAX_UNROLLED = 40
MAX_TEXT = 600


class Harvest(ast.NodeVisitor):
    """Walks one test function: what is bound to a closed expression is put in the place of its name."""

    def __init__(self, tested):
        self.tested = tested
        self.bound = {}
        self.found = []

    def take(self, node):
        node = Substitute(self.bound, self.tested).visit(copy.deepcopy(node))
        text = ast.unparse(ast.fix_missing_locations(node))
        if closed(node) and not isinstance(node, (ast.Constant, ast.Name)) and len(text) < MAX_TEXT and not SKIPPED.search(text):
            self.found.append(" ".join(text.split("\n")))

    def visit_Assign(self, node):
        self.visit(node.value)
        value = Substitute(self.bound, self.tested).visit(copy.deepcopy(node.value))
        for target in node.targets:
            for name in (n.id for n in ast.walk(target) if isinstance(n, ast.Name)):
                self.bound.pop(name, None)
            # What can change is not put in more than one place.
            if isinstance(target, ast.Name) and closed(value) and not mutable(value):
                self.bound[target.id] = value

    def visit_For(self, node):
        items = Substitute(self.bound, self.tested).visit(copy.deepcopy(node.iter))
        names = [n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)]
        if isinstance(items, (ast.List, ast.Tuple)) and closed(items):
            for item in items.elts[:MAX_UNROLLED]:
                if isinstance(node.target, ast.Name):
                    self.bound[node.target.id] = item
                elif isinstance(item, (ast.Tuple, ast.List)) and len(item.elts) == len(node.target.elts):
                    self.bound.update((t.id, i) for t, i in zip(node.target.elts, item.elts) if isinstance(t, ast.Name))
                for statement in node.body:
                    self.visit(statement)
        for name in names:
            self.bound.pop(name, None)

    def visit_With(self, node):
        for item in node.items:
            if isinstance(item.context_expr, ast.Call) and "assertRaises" in ast.unparse(item.context_expr.func):
                for statement in node.body:
                    if isinstance(statement, ast.Expr):
                        self.take(statement.value)
        self.generic_visit(node)

    def visit_Call(self, node):
        name = ast.unparse(node.func).rpartition(".")[2]
        plain = not node.keywords and not any(isinstance(argument, ast.Starred) for argument in node.args)
        if name in ASSERTS:
            for argument in node.args[:3]:
                self.take(argument)
        elif name in ("assertRaises", "assertRaisesRegex") and len(node.args) > (name != "assertRaises") + 1:
            skip = 1 if name == "assertRaises" else 2
            self.take(ast.Call(node.args[skip], node.args[skip + 1 :], node.keywords))
        elif name in ("checkequal", "checkraises", "checkequalnofix") and len(node.args) >= 3 and plain:
            method = node.args[2]
            if isinstance(method, ast.Constant) and isinstance(method.value, str):
                self.take(ast.Call(ast.Attribute(node.args[1], method.value, ast.Load()), node.args[3:], []))
        elif name in ("testcommon", "testformat") and len(node.args) >= 2:
            self.take(ast.BinOp(node.args[0], ast.Mod(), node.args[1]))
        self.generic_visit(node)


class Substitute(ast.NodeTransformer):
    def __init__(self, bound, tested):
        self.bound, self.tested = bound, tested

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Load) and node.id in self.bound:
            return copy.deepcopy(self.bound[node.id])
        return node

    def visit_Attribute(self, node):
        if self.tested and ast.unparse(node) in ("self.type2test", "self.thetype"):
            return ast.Name(self.tested, ast.Load())
        return self.generic_visit(node)


def closed(node):
    bound = set(KNOWN)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            bound.add(inner.id)
        elif isinstance(inner, ast.arg):
            bound.add(inner.arg)
        elif isinstance(inner, (ast.Yield, ast.YieldFrom, ast.Await)):
            return False
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, (bytes, complex)):
            return False
    return all(name.id in bound for name in ast.walk(node) if isinstance(name, ast.Name))


def mutable(node):
    return any(isinstance(n, (ast.List, ast.Dict, ast.Set, ast.Call, ast.ListComp, ast.GeneratorExp)) for n in ast.walk(node))


def harvest(name):
    path = FOLDER / f"{name}.py"
    if not path.exists():
        return []
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            walker = Harvest(TESTED.get(name))
            for statement in node.body:
                walker.visit(statement)
            found += walker.found
    return list(dict.fromkeys(found))


def examples(name):
    """The sources of a test file's doctests, text by text."""
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and ">>> " in n.value]
    parser = doctest.DocTestParser()
    return [[example.source for example in parser.get_examples(text)] for text in texts]


def names(source, contexts):
    """The names that a source loads, or that it binds, functions' insides included."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, contexts):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.Store in contexts:
            found.add(node.name)
        elif isinstance(node, ast.alias) and ast.Store in contexts:
            found.add((node.asname or node.name).partition(".")[0])
    return found


def within_reach(rows):
    """A doctest's rows less those that need a name which `toy` refused to bind."""
    lost = {"eval", "exec", "compile", "dir", "locals", "globals", "object", "super"}
    kept = []
    for source, wanted, got in rows:
        try:
            loaded, stored = names(source, (ast.Load,)), names(source, (ast.Store,))
        except SyntaxError:
            loaded = stored = set()
        if loaded & lost:
            lost |= stored
            continue
        if is_refused(got) or re.match("!(ModuleNotFound|Import)Error", got):
            lost |= stored
            continue
        kept.append((source, wanted, got))
    return kept


def is_refused(answer):
    return answer.startswith("!") and re.search(r"\btoy\b|NotImplementedError", answer)


def normalise(answer):
    return re.sub(r" at 0x[0-9a-fA-F]+", " at 0x…", answer)


def main(filter_="", shown="30"):
    total, refusals, wrong = 0, collections.Counter(), []
    jobs = [(name, lambda c, name=name: list(zip(harvest(name), evaluate_guarded(c, PREAMBLE, harvest(name))))) for name in FILES]
    jobs += [
        (f"{name}, doctest {number}", lambda c, sources=sources: session(c, sources))
        for name in DOCTESTS
        for number, sources in enumerate(examples(name))
    ]
    for name, ask in jobs:
        if filter_ not in name:
            continue
        rows = [(e, normalise(a), normalise(b)) for (e, a), (_, b) in zip(ask(CPYTHON), ask(TOY), strict=True)]
        refused = [b for _, a, b in rows if a != b and is_refused(b)]
        if "doctest" in name:
            rows = within_reach(rows)
        refusals.update(re.sub(r"^.*?toy ", "toy ", b) for b in refused)
        different = [(e, a, b) for e, a, b in rows if a != b and b not in refused and "MemoryError" not in a + b]
        wrong += [(name, *row) for row in different]
        total += len([b for _, _, b in rows if b not in refused])
        print(f"{name}: {len(rows)} expressions, {len(refused)} refused, {len(different)} different")
    for name, expression, a, b in wrong[: int(shown)]:
        print(f"DIFFERENT {name}: {expression[:400]}\n  expected: {a[:300]}\n  got:      {b[:300]}")
    for reason, count in refusals.most_common():
        print(f"{count:6} refused: {reason[:150]}")
    print(f"cpython: {total - len(wrong)} passed, {len(wrong)} failed")
    return not wrong and total > 0


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
