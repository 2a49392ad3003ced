"""Types keys into `toy trace` and `toy repl` in tmux, and checks what stands on the screen. Started by tests/terminal/run."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = "programs/iteration/0_all_eight.toy"
PATIENCE = 30.0
"""Seconds until a screen that does not come is a failure."""


def binary():
    """The command to check: $TOY, or the newest that is built."""
    if "TOY" in os.environ:
        return os.environ["TOY"]
    built = [ROOT / "target" / profile / "toy" for profile in ("release", "debug")]
    built = [path for path in built if path.exists()]
    if not built:
        sys.exit("toy is not built: cargo build --release")
    return str(max(built, key=lambda path: path.stat().st_mtime))


class Terminal:
    """A terminal of its own, with a shell in it."""

    def __init__(self, width=120, height=36):
        self.socket = f"toy-{os.getpid()}-{time.monotonic_ns()}"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height), "env", "PS1=ready> ",
                  "TERM=tmux-256color", "bash", "--norc", "--noprofile", "-i", cwd=ROOT)
        self.until("ready>")

    def tmux(self, *arguments, cwd=None):
        return subprocess.run(["tmux", "-L", self.socket, *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout

    def screen(self, colours=False):
        return self.tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def key(self, *names):
        self.tmux("send-keys", *names)

    def resize(self, width, height):
        self.tmux("resize-window", "-x", str(width), "-y", str(height))

    def until(self, wanted, absent=False):
        """Waits until a pattern stands on the screen, or does not, and the screen stands still; the screen then."""
        start = time.monotonic()
        before = None
        while time.monotonic() - start < PATIENCE:
            screen = self.screen()
            if bool(re.search(wanted, screen)) != absent:
                # Not a frame that is still being drawn. A counter that runs is what was waited for.
                if screen == before or "running" in wanted:
                    return screen
                before = screen
            time.sleep(0.03)
        raise AssertionError(f"{'still' if absent else 'never'} on the screen: {wanted}\n{screen}")

    def trace(self, *arguments):
        self.type(" ".join(["clear;", binary(), "trace", *arguments, "; echo status $?"]))
        self.key("Enter")

    def repl(self):
        self.type(f"clear; XDG_STATE_HOME=/dev/null {binary()} repl; echo status $?")
        self.key("Enter")
        self.until(READY)

    def enter(self, text, wanted):
        self.type(text)
        self.key("Enter")
        return self.until(wanted)

    def quit(self):
        """Leaves the view: the shell is there again, with its own screen."""
        self.key("q")
        return self.until(r"status \d+")

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)


def check_the_example_is_stepped_through_and_left():
    """The four panes, forward and back, and the shell as it was."""
    with_terminal(lambda t: (
        t.trace(EXAMPLE),
        shows(t.until("step 0"), "source", "bytecode", "values", "this step", "MakeFunction"),
        t.key("Right"),
        shows(t.until("step 1 "), "StoreGlobal"),
        t.type("]"),
        shows(t.until("step 26 "), "ForIter", "loop counter", "range_iterator"),
        t.type("l"),
        shows(t.until("step 27 "), "GetItem", "bounds check", "0 < 3", "→ list box at", "float"),
        t.key("Left"),
        t.until("advance to 0"),
        t.key("Down"), t.key("Down"),
        t.until("iteration 2"),
        t.key("Up"),
        t.until("iteration 1"),
        expect(t.quit(), "status 0"),
        expect(t.screen(), "ready>"),
        absent(t.screen(), "bytecode"),
    ))


def check_prompts():
    """To a line, to an iteration, to a step, to a text; wrong answers."""
    with_terminal(lambda t: (
        t.trace(EXAMPLE), t.until("step 0"),
        t.type("g20"), t.until("run to line: 20"), t.key("Enter"), t.until("line 20  gradient"),
        t.type(":3"), t.key("Enter"), t.until("step 3 "),
        t.type("n3"), t.key("Enter"), t.until("iteration 3"),
        t.type("/mul"), t.key("Enter"), t.until(r"▶ *\d+ +Mul"),
        t.type("g999"), t.key("Enter"), t.until("there is no line 999"),
        t.type("nx"), t.key("Enter"), t.until("'x' is not a number"),
        t.key("End"), t.until("This is the last step"),
        t.type("o"), t.until(r"printed so far"),
        t.type("?"), t.until("one instruction forward"),
        t.quit(),
    ))


def check_sizes():
    """Too small, and large again."""
    with_terminal(lambda t: (
        t.trace(EXAMPLE), t.until("step 0"),
        t.resize(40, 10), t.until("is too small"),
        t.resize(80, 24), t.until("step 0"),
        t.resize(200, 60), t.until("declares|di bo de"),
        t.quit(),
    ))


def check_an_endless_loop_is_stopped():
    """Esc gives up a search, Ctrl-C leaves."""
    with_terminal(lambda t: (
        t.trace("-c", "'while True: pass'"), t.until("step 0"),
        t.key("End"), t.until(r"running … [\d,]+ steps"),
        t.key("Escape"), t.until("Stopped looking"),
        t.key("Right"), t.until("step 1 "),
        t.key("End"), t.until("running"),
        t.key("C-c"), t.until(r"status \d+"),
    ))


def check_a_long_built_in_function():
    """Also where no instruction ends."""
    with_terminal(lambda t: (
        t.trace("-c", "'x = sum(range(10**15))'"), t.until("step 0"),
        t.key("End"), t.until("running"),
        t.key("Escape"), t.until("Stopped looking"),
        t.quit(),
    ))


def check_a_script_that_fails():
    """Its traceback stands at its end."""
    with_terminal(lambda t: (
        t.trace("-c", "'x = [1, 2][2]'"), t.until("step 0"),
        t.key("End"), shows(t.until("IndexError: list index out of range"), "Traceback"),
        t.key("Left"), t.until("IndexError", absent=True),
        t.quit(),
    ))


def check_a_script_that_is_wrong():
    """No view, the same words as of toy run."""
    with_terminal(lambda t: (
        t.trace("-c", "'x = ('"), shows(t.until(r"status 1"), "SyntaxError"),
    ))


def check_an_array_expression():
    """One dispatch for all elements, and its machine code."""
    with_terminal(lambda t: (
        t.trace("-c", "'import numpy as np; a = np.ones(100000); print(np.mean(a * a))'"), t.until("step 0"),
        t.type("/prod"), t.key("Enter"), t.until("without that"),
        to_a_kernel(t),
        shows(t.screen(), "one dispatch for 100,000 elements", "bytes read", "machine code"),
        t.quit(),
    ))


def to_a_kernel(terminal):
    for _ in range(60):
        before = terminal.screen()
        if "one dispatch for 100,000 elements" in before and "mean(" in before:
            return
        terminal.key("Right")
        terminal.until(re.escape(before.splitlines()[0].split("  ")[1]) + " ", absent=True)
    raise AssertionError("no kernel")


def check_input_comes_from_a_pipe():
    """Keys come from the terminal, though standard input is a pipe."""
    with_terminal(lambda t: (
        t.type(f"clear; echo hello | {binary()} trace -c 'x = input(); print(x * 2)'; echo status $?"),
        t.key("Enter"), t.until("step 0"),
        t.key("End"), t.type("o"), t.until("hellohello"),
        t.quit(),
    ))


def check_no_colour():
    """NO_COLOR is respected; there are colours otherwise."""
    def escapes(t):
        return re.findall(r"\x1b\[(?:\d+;)*(?:38;5;\d+|3[1-7]|9[1-7])[;m]", t.screen(colours=True))

    with_terminal(lambda t: (
        t.trace(EXAMPLE), t.until("step 0"), check(escapes(t), "no colours"), t.quit(),
        t.type("clear; export NO_COLOR=1"), t.key("Enter"),
        t.trace(EXAMPLE), t.until("step 0"), check(not escapes(t), "colours"), t.quit(),
    ))


READY = r"\n>>>\s*\Z"
"""The session asks for an input, MORE for another line of one."""
MORE = r"\n\.\.\.\s*\Z"


def check_a_session():
    """Lines, a block, Tab, and Ctrl-D; the shell as it was."""
    with_terminal(lambda t: (
        t.repl(),
        t.enter("x = 20", "20" + READY),
        t.enter("for i in range(2):", MORE),
        t.enter("print(x + i)", r"i\)" + MORE),
        t.enter("", r"\n20\n21" + READY),
        t.type("x.bit_l"), t.key("Tab"), t.until(r">>> x\.bit_length\s*\Z"),
        t.enter("()", r"\n5" + READY),
        t.key("Up"), t.until(r">>> x\.bit_length\(\)\s*\Z"),
        t.key("C-c"), t.until("KeyboardInterrupt" + READY),
        t.key("C-d"), t.until("status 0"),
        t.enter("echo $((6 * 7))", r"\n42\n"),
    ))


def check_control_c_interrupts_a_session():
    """Loops, a sleep and a kernel are interrupted; the session goes on each time."""
    def interrupt(t, line):
        t.enter(f"if True: {line}", MORE)
        t.key("Enter")
        time.sleep(1)
        t.key("C-c")
        t.until("KeyboardInterrupt" + READY)
        t.enter("'still here'", "'still here'" + READY)

    with_terminal(lambda t: (
        t.repl(),
        t.enter("import time, numpy as np; x = np.ones(10**7)", r"\)" + READY),
        [interrupt(t, line) for line in ["time.sleep(100)", "sum(range(10**12))", "[x + x for _ in range(10**6)]"]],
        t.enter("exit(3)", "status 3"),
    ))


def with_terminal(use):
    terminal = Terminal()
    try:
        use(terminal)
    finally:
        terminal.close()


def check(condition, words):
    assert condition, words


def expect(screen, wanted):
    assert re.search(wanted, screen), f"not on the screen: {wanted}\n{screen}"


def absent(screen, unwanted):
    assert not re.search(unwanted, screen), f"on the screen: {unwanted}\n{screen}"


def shows(screen, *texts):
    for text in texts:
        assert text in screen, f"not on the screen: {text}\n{screen}"


def main(wanted=""):
    checks = [(name, f) for name, f in globals().items() if name.startswith("check_") and wanted in name]
    failed = 0
    for name, function in checks:
        start = time.monotonic()
        try:
            function()
            print(f"ok      {name}: {function.__doc__} ({time.monotonic() - start:.1f} s)")
        except (AssertionError, subprocess.CalledProcessError) as error:
            failed += 1
            print(f"FAILED  {name}: {function.__doc__}\n{error}")
    print(f"in a terminal: {len(checks) - failed} passed, {failed} failed")
    return 1 if failed or not checks else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
