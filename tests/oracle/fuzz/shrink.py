"""Makes a program that shows a difference smaller: statements and expressions go, as long as it still does."""

import ast
import copy
import re

BLOCKS = ("body", "orelse", "finalbody", "handlers")
PIECE = re.compile(r"^(?=start\(\d+\)$)", re.MULTILINE)
STEPS = 400


def shrink(source, still_differs):
    """The smallest program found in a bounded number of trials."""
    trials = 0

    def works(candidate):
        nonlocal trials
        trials += 1
        try:
            return trials <= STEPS and still_differs(candidate)
        except RecursionError:
            return False

    try:
        tree = ast.parse(source)
        small = ast.unparse(tree) + "\n"
    except (SyntaxError, ValueError, RecursionError):
        return by_lines(source, works)
    if not works(small):
        return by_lines(source, works)
    changed = True
    while changed and trials < STEPS:
        changed = False
        for variants in (without_statements, with_bodies_hoisted, with_smaller_expressions):
            index = 0
            while trials < STEPS:
                candidate = variants(tree, index)
                if candidate is None:
                    break
                text = written(candidate)
                if text is not None and len(text) < len(small) and works(text):
                    tree, small, changed = candidate, text, True
                else:
                    index += 1
    return small


def one_piece(source, still_differs):
    """The program with only one of its loops, where that is enough."""
    preamble, *pieces = PIECE.split(source)
    return next((preamble + piece for piece in pieces if still_differs(preamble + piece)), source)


def written(tree):
    try:
        text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
        ast.parse(text)
        return text
    except (SyntaxError, ValueError, RecursionError):
        return None


def by_lines(source, works):
    lines = source.splitlines(True)
    size = len(lines) // 2
    while size:
        start = 0
        while start < len(lines):
            candidate = lines[:start] + lines[start + size :]
            if works("".join(candidate)):
                lines = candidate
            else:
                start += size
        size //= 2
    return "".join(lines)


def blocks(tree):
    for node in ast.walk(tree):
        for field in BLOCKS:
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield node, field, block


def without_statements(tree, index):
    """The tree less its statement number `index`, larger pieces first; None where there is none."""
    tree = copy.deepcopy(tree)
    pieces = []
    for node, field, block in blocks(tree):
        size = len(block)
        while size:
            pieces += [(size, node, field, start) for start in range(0, len(block), size)]
            size //= 2
    pieces.sort(key=lambda piece: -piece[0])
    if index >= len(pieces):
        return None
    size, node, field, start = pieces[index]
    block = getattr(node, field)
    del block[start : start + size]
    if field == "body" and not block and not isinstance(node, ast.Module):
        block.append(ast.Pass())
    return tree


def with_bodies_hoisted(tree, index):
    """The tree with its compound statement number `index` replaced by that statement's own."""
    tree = copy.deepcopy(tree)
    compound = [
        (block, i, inner)
        for _, _, block in blocks(tree)
        for i, statement in enumerate(block)
        if isinstance(statement, ast.stmt)
        for field in BLOCKS[:3]
        if isinstance(inner := getattr(statement, field, None), list) and inner
    ]
    if index >= len(compound):
        return None
    block, i, inner = compound[index]
    block[i : i + 1] = inner
    return tree


def with_smaller_expressions(tree, index):
    """The tree with one expression replaced by a part of it or a constant, or one item of a list of them left out."""
    tree = copy.deepcopy(tree)
    places = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                places += [(node, field, None, new) for new in smaller(value)]
            elif isinstance(value, list) and value and isinstance(value[0], (ast.expr, ast.keyword, ast.comprehension)):
                if field not in ("ops", "comparators", "keys", "values", "targets"):
                    places += [(node, field, i, None) for i in range(len(value))]
                for i, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        places += [(node, field, i, new) for new in smaller(item)]
    if index >= len(places):
        return None
    node, field, i, new = places[index]
    if i is None:
        setattr(node, field, new)
    elif new is None:
        del getattr(node, field)[i]
    else:
        getattr(node, field)[i] = new
    return tree


def smaller(node):
    if isinstance(node, (ast.Constant, ast.Name)) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        if isinstance(node, ast.Constant) and node.value not in (0, "", None):
            yield ast.Constant(0)
        return
    yield ast.Constant(0)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
