"""Benchmark programs of the package pyperformance under CPython and under `toy`: they have to print the same.

The package is fetched from PyPI into target/. From each program the harness is cut off: its imports, what parses the
command line, what stands under `if __name__ == "__main__"`. Here is only what is put in its place: a few lines that
call the program's functions, on less work, and print what they compute. Of a program that has no such lines, what
`toy` says against it is shown.
"""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import binary

VERSION = "1.14.0"
FOLDER = Path("target") / f"pyperformance-{VERSION}"
HARNESS = {"pyperf"}
HARNESS_FUNCTIONS = {"main", "add_cmdline_args", "add_parser_args", "setup_main"}

# For each program what it needs instead of imports that toy lacks, which of its functions are taken (all where none
# are named), and what calls them.
DRIVERS = {
    "fannkuch": ("", [], "for n in range(1, 8):\n    print(n, fannkuch(n))"),
    "meteor_contest": (
        """
def bisect(items, x):
    at = 0
    while at < len(items) and items[at] <= x:
        at += 1
    return at
""",
        [],
        """
board, cti, pieces = get_puzzle(WIDTH, HEIGHT)
fps = get_footprints(board, cti, pieces)
se_nh = get_senh(board, cti)
found = []
solve(4, 0, frozenset(range(len(board))), [-1] * len(board), list(range(len(pieces))), found, fps, se_nh)
print(len(fps), len(se_nh), found)
""",
    ),
    "nbody": (
        "",
        [],
        """
offset_momentum(BODIES[DEFAULT_REFERENCE])
print(report_energy())
for step in range(5):
    advance(0.01, 100)
    print(report_energy())
for name, (position, velocity, mass) in BODIES.items():
    print(name, position, velocity, mass)
""",
    ),
    "pidigits": (
        "",
        ["compose", "extract"],
        """
z, k, digits = (1, 0, 0, 1), 1, []
while len(digits) < 300:
    y = extract(z, 3)
    while y != extract(z, 4):
        z = compose(z, (k, 4 * k + 2, 0, 2 * k + 1))
        k += 1
        y = extract(z, 3)
    z = compose((10, -10 * y, 0, 1), z)
    digits.append(y)
print("".join(map(str, digits)))
""",
    ),
    "scimark": (
        "import math",
        ["int_log2", "FFT_*", "SparseCompRow_matmult"],
        """
data = [((i * 7919) % 1000) / 1000 - 0.5 for i in range(256)]
values = data.copy()
FFT_transform(256, values)
print(values[:8], FFT_num_flops(256))
FFT_inverse(256, values)
print(max(abs(a - b) for a, b in zip(data, values)) < 1e-12)
y = [0.0] * 50
x = [1 / (1 + i) for i in range(50)]
SparseCompRow_matmult(50, y, [i / 7 for i in range(250)], [5 * i for i in range(51)], [i % 50 for i in range(250)], x, 3)
print(y)
""",
    ),
    "spectral_norm": (
        "",
        [],
        """
u = [1] * 24
for step in range(10):
    v = eval_AtA_times_u(u)
    u = eval_AtA_times_u(v)
print(sum(a * b for a, b in zip(u, v)), u[:4])
print(bench_spectral_norm(0) >= 0)
""",
    ),
    "unpack_sequence": ("", [], "print(bench_all(3) >= 0)\ndo_unpacking(1, 'abcdefghij')\ndo_unpacking(1, range(9))"),
}


def fetch():
    """The folder of the programs, fetched once."""
    programs = FOLDER / "pyperformance" / "data-files" / "benchmarks"
    if not programs.is_dir():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", FOLDER, f"pyperformance=={VERSION}"], check=True, stdin=subprocess.DEVNULL)
        (wheel,) = FOLDER.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(FOLDER)
    return programs


def is_harness(node):
    match node:
        case ast.Import(names=names):
            return all(name.name in HARNESS for name in names)
        case ast.ImportFrom(module=module):
            return module in HARNESS
        case ast.FunctionDef(name=name):
            return name in HARNESS_FUNCTIONS
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False


def cut(path, taken=(), without_imports=False):
    """The program's text less its harness, and less everything but the named functions where some are named."""
    text = path.read_text(encoding="utf-8")
    kept = []
    for node in ast.parse(text).body:
        name = getattr(node, "name", "")
        wanted = not taken or any(re.fullmatch(pattern.replace("*", ".*"), name) for pattern in taken)
        imported = isinstance(node, (ast.Import, ast.ImportFrom)) and without_imports
        if wanted and not imported and not is_harness(node):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            kept.append("\n".join(text.split("\n")[first - 1 : node.end_lineno]))
    body = "\n\n".join(kept)
    if "pyperf." in body:
        body = "import time\n\n" + body.replace("pyperf.perf_counter", "time.perf_counter")
    return body + "\n"


def execute(command, program):
    done = subprocess.run([*command, program], stdin=subprocess.DEVNULL, capture_output=True, timeout=600)
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def last_line(err):
    refused = re.match(r"(\w+: .*)\n +--> ", err)
    return refused[1] if refused else (err.rstrip().split("\n") or [""])[-1]


def main(filter_=""):
    programs, toy = fetch(), [binary.toy(), "run"]
    passed = failed = 0
    unfit = []
    cut_folder = FOLDER / "cut"
    cut_folder.mkdir(exist_ok=True)
    for path in sorted(programs.glob(f"bm_*{filter_}*/run_benchmark.py")):
        name = path.parent.name.removeprefix("bm_")
        program = cut_folder / f"{name}.toy"
        if name not in DRIVERS:
            program.write_text(cut(path), encoding="utf-8")
            _, err, status = execute(toy, program)
            unfit.append((name, last_line(err) if status else "runs, and has no lines here that call it"))
            continue
        before, taken, calls = DRIVERS[name]
        program.write_text("\n".join([before, cut(path, taken, without_imports=True), calls, ""]), encoding="utf-8")
        wanted, got = execute([sys.executable], program), execute(toy, program)
        if (wanted[0], last_line(wanted[1]), wanted[2]) == (got[0], last_line(got[1]), got[2]):
            passed += 1
            print(f"same      {name}: {len(wanted[0].splitlines())} lines{', ' + last_line(wanted[1]) if wanted[2] else ''}")
        else:
            failed += 1
            print(f"DIFFERENT {name}\n  expected: {wanted[0][-500:]}{wanted[1][-500:]}\n  got:      {got[0][-500:]}{got[1][-500:]}")
    for name, reason in unfit:
        print(f"unfit     {name}: {reason}")
    print(f"pyperformance {VERSION}: {passed} passed, {failed} failed")
    return failed == 0 and passed > 0


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
