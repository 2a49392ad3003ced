"""Runs a script for `toy trace --python`: reads a request from standard input and answers with one line of JSON.

Python 3.8 and later. The request names the script, its text, its arguments and its input; the answer says which Python
this is, how the script ended, what it printed, what `__toy_times` holds, and, if asked, the bytecode after the run.
"""

import dis
import io
import json
import os
import platform
import sys
import tempfile
import traceback
import types

KEPT = 1 << 20


def plain(text):
    """Without halves of surrogate pairs, which are no text."""
    return text.encode("utf-8", "replace").decode("utf-8")


def said(raised):
    return plain(traceback.format_exception_only(type(raised), raised)[-1].strip())


def instructions(code):
    """With the instructions that the run has specialised, where this Python does that."""
    try:
        found = list(dis.get_instructions(code, adaptive=True))
    except TypeError:
        found = list(dis.get_instructions(code))
    line = code.co_firstlineno
    for instruction in found:
        here = getattr(instruction, "line_number", None)
        if here is None and not isinstance(instruction.starts_line, bool):
            here = instruction.starts_line
        line = here or line
        arg = instruction.argrepr
        target = getattr(instruction, "jump_target", None)
        jumps = instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs or arg.startswith("to ")
        if target is None and jumps and isinstance(instruction.argval, int):
            target = instruction.argval
        if target is not None:
            arg = "to %d" % target
        elif not arg and instruction.arg is not None:
            arg = str(instruction.arg)
        yield {
            "offset": instruction.offset,
            "line": line,
            "op": instruction.opname,
            "arg": plain(arg)[:80],
            "target": target,
        }


def codes(code):
    yield {"name": plain(code.co_name), "line": code.co_firstlineno, "instructions": list(instructions(code))}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)


def read_request():
    with open(0, "rb", closefd=False) as stream:
        return json.loads(stream.read().decode("utf-8"))


def redirect(request, printed):
    source = os.open(request["input"] or os.devnull, os.O_RDONLY)
    os.dup2(source, 0)
    os.dup2(printed.fileno(), 1)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8", write_through=False)


def run(code, request):
    """Runs the script as the main module. What it raised, in words, or nothing."""
    module = types.ModuleType("__main__")
    module.__file__ = request["name"]
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    sys.argv = request["arguments"]
    sys.path[0] = os.path.dirname(os.path.abspath(request["name"]))
    error = None
    try:
        exec(code, module.__dict__)
    except SystemExit:
        pass
    except BaseException as raised:
        error = said(raised)
    return error, module.__dict__.get("__toy_times")


def main():
    request = read_request()
    answers = os.dup(1)
    printed = tempfile.TemporaryFile()
    redirect(request, printed)
    answer = {
        "toy": 1,
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "error": None,
        "times": None,
        "codes": [],
    }
    try:
        code = compile(request["text"], request["name"], "exec", dont_inherit=True)
    except Exception as raised:
        code = None
        answer["error"] = said(raised)
    if code is not None:
        answer["error"], answer["times"] = run(code, request)
        if request["codes"]:
            answer["codes"] = list(codes(code))
    try:
        sys.stdout.flush()
    except Exception:
        pass
    printed.seek(0, os.SEEK_END)
    answer["printed_bytes"] = printed.tell()
    printed.seek(0)
    answer["printed"] = printed.read(KEPT).decode("utf-8", "replace")
    with open(answers, "wb") as stream:
        stream.write(b"\n" + json.dumps(answer).encode("ascii") + b"\n")
    # Threads and handlers that the script left behind do not matter any more.
    os._exit(0)


main()
