"""Writes `tests/data/sessions.txt`: what CPython's prompt answers to each session of `SESSIONS`, prompts left out.

Lines that begin with `< ` are entered, those with `| ` are the answer: standard output and error as they come. The last
line of a session is its exit status. Syntax errors are left to tests/repl.rs: toy draws them differently.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SESSIONS = {
    "values": """
1 + 1
"text"
None
x = 3
x
1, 2
x; x + 1
[1.5, True, None]
...
(lambda: 0 if x else 1)(); print("printed")
""",
    "the last value": """
_
3 * 4
_
_ + 1
None
_
x = _ * 2
x
_ = "mine"
5
_
del _
_
6
_
""",
    "blocks": """
for i in range(3):
    i

if x := 4:
    "then"
else:
    "otherwise"

while x:
    x -= 1
    if x == 2:
        break

x
def f(a, b=2):
    "doc"
    a
    return a + b

f(1)
f(1, b=5)
f.__doc__
for i in range(2): i

with open("/dev/null") as file:
    file.read()

try:
    1 / 0
except ZeroDivisionError as error:
    error
finally:
    "done"

""",
    "lines that go on": """
(1 +
 2)
[
  1,

  2,
]
'''a

b'''
1 + \\
2
f'''{1 +
1}'''
{"a":
 [1,
  2]}
def f(a,
      b):
    return (a +
            b)

f(1,
  2)
# a comment

  # an indented one
if True:
    # a comment in a block
    1

""",
    "names persist": """
import math
from math import sqrt as root
root(16), math.pi
count = 0
def up():
    global count
    count += 1
    return count

up()
up()
count
def later():
    return unknown + 1

later()
unknown = 41
later()
def outer(n):
    def inner():
        nonlocal n
        n += 1
        return n
    return inner

step = outer(10)
step()
step()
[step() for _ in range(3)]
up = None
up
later.__name__
""",
    "star import": """
from math import *
sqrt(2)
floor(2.5)
pow(2, 3)
pi = 3
pi
del pi
pi
""",
    "tracebacks": """
1 / 0
def f(n):
    return 10 // n

def g(n):
    return [f(n) for _ in range(2)]

g(0)
undefined
undefind = 1
undefined
f()
"text" + 1
[1, 2][
    5
]
raise ValueError("told")
try:
    f(0)
except ZeroDivisionError as error:
    raise KeyError("second") from error

(lambda: {}["no"])()
assert 1 == 2, "never"
x = 5
x.missing
def deep(n):
    return deep(n + 1)

f(3)
for i in [1, 0]:
    f(i)

""",
    "after an error": """
x = 1
x = 1 / 0
x
for i in range(3):
    y = 10 // (1 - i)

i, y
try:
    raise ValueError
except ValueError:
    pass

raise
""",
    "deletion": """
x = 1
del x
x
len = 3
len
del len
len("abc")
del nothing
""",
    "exit": """
exit
quit
print("before")
exit(7)
print("never")
""",
    "exit by exception": """
raise SystemExit("a last word")
1
""",
    "exit in a function": """
def leave():
    import sys
    sys.exit(3)

leave()
""",
    "end in a block": """
for i in range(2):
    i""",
    "input and output": """
import sys
sys.stdout.write("a")
print("b", end="")
sys.stderr.write("c\\n")
print("one", "two", sep="-")
sys.argv
__name__
__doc__
""",
    "arrays": """
import numpy as np
a = np.arange(6.0)
a
a[1:3] * 2 + 1
np.mean(a)
b = a.reshape(2, 3)
b
b @ b.T
a.shape
def scale(v, by=2):
    return np.sum(v * by)

scale(a)
np = 3
np
import numpy as np
np.sum(a * a)
a[10]
a += 1
_
a
""",
    "annotations and augmented assignment": """
x: int = 3
x += 4
x
y: str
y
a = b = [1]
a += [2]
b
first, *rest = range(4)
rest
""",
    "postponed annotations": """
x: unknown = 1
def f(a: unknown):
    return a

from __future__ import annotations
x: unknown = 1
def f(a: unknown):
    return a

f(x)
""",
    "generators and comprehensions": """
g = (n * n for n in range(4))
next(g)
list(g)
{n: n * n for n in range(3)}
{n for n in [3, 3]}
sorted("hello", key=lambda c: -ord(c))
""",
}


def answer(text):
    """What the prompt says, and the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        startup = Path(folder) / "startup.py"
        startup.write_text("import sys; sys.ps1 = sys.ps2 = ''; del sys\n")
        environment = {**os.environ, "PYTHONSTARTUP": str(startup), "PYTHON_BASIC_REPL": "1", "PYTHON_COLORS": "0"}
        result = subprocess.run([sys.executable, "-i", "-q", "-u"], input=text, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout, result.returncode


def main():
    lines = []
    for name, text in SESSIONS.items():
        text = text.removeprefix("\n")
        said, status = answer(text)
        lines.append(f"# {name}")
        lines += [f"< {line}".rstrip() for line in text.splitlines()]
        # The prompt ends its own line where the input ends.
        lines += [f"| {line}".rstrip() for line in said.strip("\n").splitlines()]
        lines.append(f"exit status {status}\n")
    Path("tests/data/sessions.txt").write_text("\n".join(lines))


if __name__ == "__main__":
    main()
