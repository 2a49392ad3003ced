"""Runs one program under CPython, in a fork of this process, and under `toy`; both see the same files and input."""

import builtins
import os
import resource
import signal
import subprocess
import sys
import traceback
import types
from dataclasses import dataclass

NAME = "fuzz.toy"
INPUT = "12 7\nhello world\n\n3.5\nlast line without end"
ORACLE_SECONDS, TOY_SECONDS = 2, 20
ORACLE_MEMORY, TOY_MEMORY = 2 << 30, 8 << 30
OUTPUT_BYTES = 1 << 20


@dataclass
class Outcome:
    """What a run left: the exit status is negative where a signal ended it."""

    out: str
    err: str
    status: int


def limits(seconds, memory):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(source, child):
    """Writes the program into the current folder, and runs `child` in a fork with its streams redirected."""
    for name, text in ((NAME, source), ("input.txt", INPUT)):
        with open(name, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    if os.path.exists("fuzz.txt"):
        os.unlink("fuzz.txt")
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        try:
            for fd, name, flags in ((0, "input.txt", os.O_RDONLY), (1, "out", None), (2, "err", None)):
                opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC if flags is None else flags, 0o600)
                os.dup2(opened, fd)
            child(source)
        finally:
            os._exit(99)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    texts = []
    for name in ("out", "err"):
        with open(name, "rb") as file:
            texts.append(file.read().decode("utf-8", "replace"))
    return Outcome(*texts, status)


def oracle(source):
    return run(source, oracle_child)


def oracle_child(source):
    limits(ORACLE_SECONDS, ORACLE_MEMORY)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, mode, fd in (("stdin", "r", 0), ("stdout", "w", 1), ("stderr", "w", 2)):
        setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))
    sys.argv = [NAME]
    module = types.ModuleType("__main__")
    module.__file__, module.__builtins__ = NAME, builtins
    sys.modules["__main__"] = module
    depth, frame = 0, sys._getframe()
    while frame := frame.f_back:
        depth += 1
    sys.setrecursionlimit(1000 + depth + 1)
    status = 0
    try:
        exec(compile(source, NAME, "exec", dont_inherit=True), module.__dict__)
    except SystemExit as exit:
        status = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
        if exit.code is not None and not isinstance(exit.code, int):
            print(exit.code, file=sys.stderr)
    except BaseException as error:
        # The first frame is this one.
        error.__traceback__ = error.__traceback__.tb_next
        sys.excepthook(type(error), error, error.__traceback__)
        status = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status & 0xFF)


def toy(source, command):
    def child(_):
        limits(TOY_SECONDS, TOY_MEMORY)
        os.execv(command[0], [*command, NAME])

    return run(source, child)


def whole_oracle(source):
    """A process of its own: what the fork has to agree with before a difference is believed."""

    def child(_):
        limits(ORACLE_SECONDS + 2, ORACLE_MEMORY)
        os.execv(sys.executable, [sys.executable, NAME])

    return run(source, child)


def warm_up():
    """What the interpreter would import while it prints a traceback is imported once, before any fork."""
    try:
        exec(compile("1 / 0", "<warm>", "exec"))
    except ZeroDivisionError as error:
        "".join(traceback.format_exception(error))
    subprocess.run(["true"], check=True)
    try:
        import numpy  # noqa: F401
    except ImportError:
        pass
