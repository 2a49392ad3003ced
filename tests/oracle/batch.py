"""Many expressions in one program: their values as `repr` writes them, whichever interpreter runs it."""

import re
import subprocess
import sys
import tempfile

import binary

PER_PROGRAM = 200
TOY = [binary.toy(), "run", "--strict"]
CPYTHON = [sys.executable]


def evaluate(command, preamble, expressions):
    """For each expression its `repr`, or `!Class: message`. An error ends a program: the next one goes on after it."""
    answers = []
    while len(answers) < len(expressions):
        chunk = expressions[len(answers) : len(answers) + PER_PROGRAM]
        out, error = run(command, [*preamble, *(f"print(repr({e}))" for e in chunk)])
        if error is None:
            lines = out.split("\n")[:-1]
            assert len(lines) == len(chunk), f"{len(lines)} lines for {len(chunk)} expressions from {chunk[0]}"
            answers += lines
            continue
        number, message = error
        at = number - len(preamble) - 1
        assert at >= 0, f"{preamble}: {message}"
        before = out.split("\n")[:-1]
        if len(before) != at:
            # Refused as a whole, before anything ran: everything but the refused one has another chance.
            answers += evaluate(command, preamble, chunk[:at])
        else:
            answers += before
        answers.append("!" + message)
    return answers


def run(command, lines):
    """What a program printed, and None or the line and the text of its error."""
    with tempfile.NamedTemporaryFile("w", suffix=".toy", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = subprocess.run([*command, file.name], stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    out, err = done.stdout.decode(), done.stderr.decode()
    if done.returncode == 0:
        return out, None
    if done.returncode != 1:
        raise SystemExit(f"exit status {done.returncode}:\n" + "\n".join(lines) + err)
    refused = re.match(r"(\w+: .*)\n +--> .*:(\d+):\d+\n", err)
    if refused:
        return out, (int(refused[2]), refused[1])
    line = re.search(rf'^  File "{re.escape(file.name)}", line (\d+)', err, re.M)
    return out, (int(line[1]), err.rstrip().split("\n")[-1])
