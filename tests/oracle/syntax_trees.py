"""Writes CPython 3.13's tree of tests/syntax/trees.toy in toy's own notation, to tests/syntax/trees.txt.

    python3.13 tests/oracle/syntax_trees.py [--check] [FILE.toy]

With a file, prints that file's tree instead.
"""

import ast
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent.parent / "syntax"

BINARY = {
    "Add": "Add", "Sub": "Sub", "Mult": "Mul", "Div": "TrueDiv", "FloorDiv": "FloorDiv", "Mod": "Mod", "Pow": "Pow",
    "MatMult": "MatMul", "BitAnd": "BitAnd", "BitOr": "BitOr", "BitXor": "BitXor", "LShift": "Shl", "RShift": "Shr",
}
UNARY = {"USub": "Neg", "UAdd": "Pos", "Invert": "Invert", "Not": "Not"}
COMPARE = {"Lt": "Lt", "LtE": "Le", "Gt": "Gt", "GtE": "Ge", "Eq": "Eq", "NotEq": "Ne"}


def name(node):
    return type(node).__name__


class Dump:
    def __init__(self, text):
        self.lines = text.split("\n")
        self.out = []

    def column(self, line, offset):
        return len(self.lines[line - 1].encode()[:offset].decode()) + 1

    def line(self, depth, role, what):
        self.out.append("  " * depth + (role + ": " if role else "") + what)

    def node(self, depth, role, what, node):
        start = f"{node.lineno}:{self.column(node.lineno, node.col_offset)}"
        end = f"{node.end_lineno}:{self.column(node.end_lineno, node.end_col_offset)}"
        self.line(depth, role, f"{what}  {start}-{end}")

    def block(self, depth, role, body):
        if body:
            self.line(depth, "", role + ":")
            for stmt in body:
                self.stmt(depth + 1, stmt)

    def maybe(self, depth, role, node):
        if node is not None:
            self.expr(depth, role, node)

    def stmt(self, depth, node):
        kind, below = name(node), depth + 1
        match node:
            case ast.Expr(value):
                self.node(depth, "", "Expr", node)
                self.expr(below, "", value)
            case ast.Assign(targets, value):
                self.node(depth, "", "Assign", node)
                for target in targets:
                    self.expr(below, "target", target)
                self.expr(below, "value", value)
            case ast.AugAssign(target, op, value):
                self.node(depth, "", f"AugAssign {BINARY[name(op)]}", node)
                self.expr(below, "target", target)
                self.expr(below, "value", value)
            case ast.AnnAssign(target, annotation, value):
                self.node(depth, "", "AnnAssign", node)
                self.expr(below, "target", target)
                self.expr(below, "annotation", annotation)
                self.maybe(below, "value", value)
            case ast.If(test, body, orelse) | ast.While(test, body, orelse):
                self.node(depth, "", kind, node)
                self.expr(below, "test", test)
                self.block(below, "then" if kind == "If" else "body", body)
                self.block(below, "else", orelse)
            case ast.For(target, iterable, body, orelse):
                self.node(depth, "", "For", node)
                self.expr(below, "target", target)
                self.expr(below, "iterable", iterable)
                self.block(below, "body", body)
                self.block(below, "else", orelse)
            case ast.Break() | ast.Continue() | ast.Pass():
                self.node(depth, "", kind, node)
            case ast.Return(value):
                self.node(depth, "", "Return", node)
                self.maybe(below, "", value)
            case ast.FunctionDef():
                self.node(depth, "", f"Def {node.name}", node)
                self.params(below, node.args)
                self.maybe(below, "returns", node.returns)
                self.block(below, "body", node.body)
            case ast.Global(names) | ast.Nonlocal(names):
                self.node(depth, "", f"{kind} {', '.join(names)}", node)
            case ast.Assert(test, msg):
                self.node(depth, "", "Assert", node)
                self.expr(below, "test", test)
                self.maybe(below, "message", msg)
            case ast.Delete(targets):
                self.node(depth, "", "Del", node)
                for target in targets:
                    self.expr(below, "target", target)
            case ast.Import(names):
                self.node(depth, "", f"Import {self.aliased(names)}", node)
            case ast.ImportFrom(module, names):
                self.node(depth, "", f"FromImport {module}: {self.aliased(names)}", node)
            case ast.Raise(exc, cause):
                self.node(depth, "", "Raise", node)
                self.maybe(below, "exception", exc)
                self.maybe(below, "cause", cause)
            case ast.Try():
                self.node(depth, "", "Try", node)
                self.block(below, "body", node.body)
                for handler in node.handlers:
                    self.node(below, "", "except" + (f" as {handler.name}" if handler.name else ""), handler)
                    self.maybe(below + 1, "exception", handler.type)
                    self.block(below + 1, "body", handler.body)
                self.block(below, "else", node.orelse)
                self.block(below, "finally", node.finalbody)
            case ast.With(items, body):
                self.node(depth, "", "With", node)
                for item in items:
                    self.expr(below, "value", item.context_expr)
                    self.maybe(below, "target", item.optional_vars)
                self.block(below, "body", body)
            case _:
                raise NotImplementedError(kind)

    def aliased(self, names):
        return ", ".join(n.name + (f" as {n.asname}" if n.asname else "") for n in names)

    def params(self, depth, args):
        positional = args.posonlyargs + args.args
        defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
        for at, (param, default) in enumerate(zip(positional, defaults), 1):
            self.param(depth, param.arg, param, default)
            if at == len(args.posonlyargs):
                self.line(depth, "param", "/")
        if args.vararg:
            self.param(depth, "*" + args.vararg.arg, args.vararg, None)
        elif args.kwonlyargs:
            self.line(depth, "param", "*")
        for param, default in zip(args.kwonlyargs, args.kw_defaults):
            self.param(depth, param.arg, param, default)
        if args.kwarg:
            self.param(depth, "**" + args.kwarg.arg, args.kwarg, None)

    def param(self, depth, text, param, default):
        self.line(depth, "param", text)
        self.maybe(depth + 1, "annotation", param.annotation)
        self.maybe(depth + 1, "default", default)

    def expr(self, depth, role, node):
        kind, below = name(node), depth + 1
        match node:
            case ast.Constant(value):
                self.node(depth, role, constant(value), node)
            case ast.JoinedStr(values):
                if all(isinstance(value, ast.Constant) for value in values):
                    self.node(depth, role, constant("".join(value.value for value in values)), node)
                else:
                    self.node(depth, role, "FString", node)
                    self.fstring(below, values)
            case ast.Name(id):
                self.node(depth, role, f"Name {id}", node)
            case ast.List() | ast.Tuple() | ast.Set():
                self.node(depth, role, kind, node)
                for item in node.elts:
                    self.expr(below, "", item)
            case ast.Dict(keys, values):
                self.node(depth, role, "Dict", node)
                for key, value in zip(keys, values):
                    self.maybe(below, "key", key)
                    self.expr(below, "value" if key else "**", value)
            case ast.Starred(value):
                self.node(depth, role, "Starred", node)
                self.expr(below, "", value)
            case ast.UnaryOp(op, operand):
                self.node(depth, role, f"Unary {UNARY[name(op)]}", node)
                self.expr(below, "", operand)
            case ast.BinOp(left, op, right):
                self.node(depth, role, f"Binary {BINARY[name(op)]}", node)
                self.expr(below, "", left)
                self.expr(below, "", right)
            case ast.BoolOp(op, values):
                self.boolean(depth, role, node, name(op), values)
            case ast.Compare(left, ops, comparators):
                self.node(depth, role, "Compare", node)
                self.expr(below, "", left)
                for op, operand in zip(ops, comparators):
                    self.expr(below, COMPARE.get(name(op), name(op)), operand)
            case ast.IfExp(test, body, orelse):
                self.node(depth, role, "IfElse", node)
                self.expr(below, "test", test)
                self.expr(below, "then", body)
                self.expr(below, "else", orelse)
            case ast.Call(func, args, keywords):
                self.node(depth, role, "Call", node)
                self.expr(below, "callee", func)
                for arg in sorted(args + keywords, key=lambda arg: (arg.lineno, arg.col_offset)):
                    match arg:
                        case ast.keyword(None, value):
                            self.expr(below, "**", value)
                        case ast.keyword(text, value):
                            self.expr(below, text + "=", value)
                        case ast.Starred(value):
                            self.expr(below, "*", value)
                        case _:
                            self.expr(below, "arg", arg)
            case ast.Attribute(value, attr):
                self.node(depth, role, f"Attribute {attr}", node)
                self.expr(below, "value", value)
            case ast.Subscript(value, index):
                self.node(depth, role, "Subscript", node)
                self.expr(below, "value", value)
                self.expr(below, "index", index)
            case ast.Slice(lower, upper, step):
                self.node(depth, role, "Slice", node)
                self.maybe(below, "start", lower)
                self.maybe(below, "stop", upper)
                self.maybe(below, "step", step)
            case ast.Lambda(args, body):
                self.node(depth, role, "Lambda", node)
                self.params(below, args)
                self.expr(below, "body", body)
            case ast.NamedExpr(target, value):
                self.node(depth, role, f"Walrus {target.id}", node)
                self.expr(below, "value", value)
            case ast.ListComp(element, generators) | ast.SetComp(element, generators) | ast.GeneratorExp(element, generators):
                what = {"ListComp": "List", "SetComp": "Set", "GeneratorExp": "Generator"}[kind]
                self.node(depth, role, f"Comprehension {what}", node)
                self.expr(below, "element", element)
                self.clauses(below, generators)
            case ast.DictComp(key, value, generators):
                self.node(depth, role, "Comprehension Dict", node)
                self.expr(below, "key", key)
                self.expr(below, "value", value)
                self.clauses(below, generators)
            case _:
                raise NotImplementedError(kind)

    def boolean(self, depth, role, node, op, values):
        """toy nests a chain to the left; the places of the inner pairs end with their last operand."""
        if len(values) == 2:
            self.node(depth, role, f"Bool2 {op}", node)
            self.expr(depth + 1, "", values[0])
        else:
            inner = ast.BoolOp(node.op, values[:-1])
            ast.copy_location(inner, node)
            end = end_of(values[-2], self.lines)
            inner.end_lineno, inner.end_col_offset = end
            self.node(depth, role, f"Bool2 {op}", node)
            self.boolean(depth + 1, "", inner, op, values[:-1])
        self.expr(depth + 1, "", values[-1])

    def clauses(self, depth, generators):
        for clause in generators:
            if clause.is_async:
                raise NotImplementedError("async")
            self.expr(depth, "for", clause.target)
            self.expr(depth, "in", clause.iter)
            for condition in clause.ifs:
                self.expr(depth, "if", condition)

    def fstring(self, depth, values):
        """CPython keeps the text of `{value=}` as a literal before it; toy keeps it in the field."""
        for value in values:
            match value:
                case ast.Constant(text):
                    self.line(depth, "text", quoted(text))
                case ast.FormattedValue(inner, conversion, spec):
                    self.line(depth, "", "Field" + (f" !{chr(conversion)}" if conversion != -1 else ""))
                    self.expr(depth + 1, "value", inner)
                    if spec and spec.values:
                        self.line(depth + 1, "", "spec:")
                        self.fstring(depth + 2, spec.values)


def end_of(node, lines):
    """The end of an operand in a chain, with the parentheses around it."""
    line, offset = node.end_lineno, node.end_col_offset
    at_line, at = line, offset
    while True:
        rest = lines[at_line - 1].encode()[at:].decode()
        stripped = rest.lstrip()
        if stripped.startswith(")"):
            at += len(rest.encode()) - len(stripped.encode()) + 1
            line, offset = at_line, at
        elif (not stripped or stripped.startswith(("#", "\\"))) and at_line < len(lines):
            at_line, at = at_line + 1, 0
        else:
            return line, offset


def constant(value):
    match value:
        case bool() | None:
            return str(value)
        case int():
            return f"Int {value}"
        case float():
            mantissa, e, exponent = repr(value).partition("e")
            return f"Float {mantissa}{e}{int(exponent)}" if e else f"Float {value!r}"
        case str():
            return f"Str {quoted(value)}"
        case _ if value is ...:
            return "Ellipsis"
    raise NotImplementedError(type(value).__name__)


def quoted(text):
    """As Rust's `{:?}` quotes the text of the corpus."""
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\0": "\\0"}
    return '"' + "".join(named.get(c, c if c.isprintable() or c == " " else f"\\u{{{ord(c):x}}}") for c in text) + '"'


def dump(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tree = Dump(text)
    tree.out.append("Module")
    for stmt in ast.parse(text).body:
        tree.stmt(1, stmt)
    return "\n".join(tree.out) + "\n"


def main():
    assert sys.version_info[:2] == (3, 13), "the oracle is CPython 3.13"
    sys.stdout.reconfigure(encoding="utf-8")
    files = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    if files:
        print(dump(pathlib.Path(files[0]).read_text()), end="")
        return
    golden = FOLDER / "trees.txt"
    text = dump((FOLDER / "trees.toy").read_text())
    if "--check" in sys.argv:
        sys.exit(text != golden.read_text())
    golden.write_text(text)


if __name__ == "__main__":
    main()
