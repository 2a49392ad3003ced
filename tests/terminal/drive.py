"""Types keys into `toy trace` in tmux, and checks what stands on the screen. Started by tests/terminal/run."""

import os
import re
import subprocess
import sys
import tempfile
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
        """Waits until a pattern stands on the screen, or does not; the screen then."""
        start = time.monotonic()
        while time.monotonic() - start < PATIENCE:
            screen = self.screen()
            if bool(re.search(wanted, screen)) != absent:
                return screen
            time.sleep(0.03)
        raise AssertionError(f"{'still' if absent else 'never'} on the screen: {wanted}\n{screen}")

    def trace(self, *arguments):
        self.type(" ".join(["clear;", binary(), "trace", *arguments, "; echo status $?"]))
        self.key("Enter")

    def quit(self):
        """Leaves the view: the shell is there again, with its own screen."""
        self.key("q")
        return self.until(r"status \d+")

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)


def step_number(screen):
    """The number of the step that the status line names."""
    found = re.search(r"step ([\d,]+)", screen)
    assert found, f"no step number\n{screen}"
    return int(found[1].replace(",", ""))
