"""Runs functions of a script for `toy claims`: a line of JSON in, a line of JSON out, until the input ends.

Python 3.8 and later. The first line has the script; each further one says what to do with its functions.
"""

import contextlib
import dis
import io
import json
import os
import sys
import threading
import time

# Seconds after which a call needs no warming up.
LONG = 0.005

answers = sys.stdout
names = {"__name__": "__main__"}
inputs = []


def load(text, name):
    """Compiles and runs the script, whose output nobody wants."""
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, name, "exec"), names)
    return {}


def about():
    """Which Python this is, which NumPy, and what NumPy chooses from on this CPU."""
    answer = {"version": sys.version.split()[0], "implementation": sys.implementation.name, "numpy": None, "paths": []}
    try:
        import numpy
    except ImportError:
        return answer
    answer["numpy"] = numpy.__version__
    try:
        from numpy._core import _multiarray_umath as core
    except ImportError:
        from numpy.core import _multiarray_umath as core
    found = getattr(core, "__cpu_features__", {})
    answer["paths"] = [name for name in getattr(core, "__cpu_dispatch__", []) if found.get(name)]
    return answer


def make(function, n, lists):
    made = names[function](n)
    made = made if isinstance(made, tuple) else (made,)
    inputs.append([item.tolist() if lists and hasattr(item, "tolist") else item for item in made])
    return {"index": len(inputs) - 1}


def numbers(value):
    """All numbers of a result, in order, whatever holds them."""
    if hasattr(value, "reshape"):
        yield from value.reshape(-1).tolist()
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from numbers(item)
    else:
        yield float(value)


def check(function, index):
    found = list(numbers(names[function](*inputs[index])))
    return {"sum": sum(found), "length": len(found)}


def run(function, index, repeats, threads):
    """Seconds of one call; with threads, of one in each of them at the same time."""
    call, arguments = names[function], inputs[index]

    def work(repeats):
        for _ in range(repeats):
            call(*arguments)

    def timed(repeats):
        start = time.perf_counter()
        if threads == 1:
            work(repeats)
        else:
            started = [threading.Thread(target=work, args=(repeats,)) for _ in range(threads)]
            for thread in started:
                thread.start()
            for thread in started:
                thread.join()
        return (time.perf_counter() - start) / repeats

    first = timed(1)
    return {"seconds": first if repeats == 1 and first > LONG else timed(repeats)}


def offsets(call, arguments):
    """The places in the function's code of all instructions that a call executes, in order."""
    code, found = call.__code__, []
    if hasattr(sys, "monitoring"):
        watch, tool = sys.monitoring, sys.monitoring.PROFILER_ID
        watch.use_tool_id(tool, "toy")
        watch.register_callback(tool, watch.events.INSTRUCTION, lambda _, offset: found.append(offset))
        watch.set_local_events(tool, code, watch.events.INSTRUCTION)
        call(*arguments)
        watch.set_local_events(tool, code, 0)
        watch.free_tool_id(tool)
        return found

    def inside(frame, event, argument):
        if event == "opcode":
            found.append(frame.f_lasti)
        return inside

    def traced(frame, event, argument):
        if frame.f_code is not code:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return inside

    sys.settrace(traced)
    call(*arguments)
    sys.settrace(None)
    return found


def count(function, index):
    """What one call executes: its bytecodes, its jumps back, the calls that it makes."""
    call = names[function]
    ops = {instruction.offset: instruction.opname for instruction in dis.get_instructions(call.__code__)}
    found = [ops[offset] for offset in offsets(call, inputs[index])]
    calls = [op for op in found if op.startswith("CALL") and not op.startswith("CALL_INTRINSIC")]
    jumps = [op for op in found if op.startswith(("JUMP_BACKWARD", "JUMP_ABSOLUTE"))]
    return {"bytecodes": len(found), "jumps": len(jumps), "calls": len(calls)}


COMMANDS = {"load": load, "about": about, "make": make, "check": check, "run": run, "count": count}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = COMMANDS[request.pop("do")](**request)
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, error)}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
os._exit(0)
