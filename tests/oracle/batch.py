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
        done = subprocess.run([*command, file.name], stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
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


def evaluate_guarded(command, preamble, expressions):
    """As `evaluate`, where many fail: each is tried by itself, and a syntax error costs its own answer only."""
    pieces = [f"print(repr({e}))" for e in expressions]
    return [answer for _, answer in guarded(command, preamble, pieces)]


def session(command, sources):
    """For each source its text and what it printed, as a prompt would, in one run; expressions print their value."""
    answers = guarded(command, [], [shown(source) for source in sources])
    return [(source, answer) for source, (_, answer) in zip(sources, answers)]


def shown(source):
    """The source; where it is an expression, with its value printed."""
    try:
        compile(source.strip(), "<example>", "eval")
    except SyntaxError:
        return source.rstrip("\n")
    return f"shown = ({source.strip()}\n)\nif shown is not None: print(repr(shown))"


def guarded(command, preamble, pieces):
    """(piece, what it printed or `!Class: message`): the pieces run one after the other, each in a `try` of its own."""
    answers = [None] * len(pieces)
    alive = list(range(len(pieces)))
    for chunk in [alive[i : i + PER_PROGRAM] for i in range(0, len(alive), PER_PROGRAM)] if preamble else [alive]:
        while chunk:
            lines, starts = list(preamble), []
            for index in chunk:
                starts.append(len(lines) + 1)
                body = ["    " + line for line in pieces[index].split("\n")]
                lines += ["try:", *body, "except Exception as error:", "    print('!' + type(error).__name__ + ': ' + str(error))"]
                lines.append(f"print('\\x1e{index}')")
            out, error = run(command, lines)
            if error is not None and "\x1e" not in out:
                # Refused before it ran: without the piece that its line is in.
                at = max(i for i, start in enumerate(starts) if start <= error[0] or i == 0)
                answers[chunk.pop(at)] = "!" + error[1]
                continue
            done = re.findall(r"(.*?)\x1e(\d+)\n", out, re.S)
            for text, index in done:
                answers[int(index)] = text.rstrip("\n")
            rest = chunk[len(done) :]
            if not rest:
                break
            answers[rest[0]] = "!" + (error[1] if error else "stopped")
            chunk = rest[1:]
    return [(piece, "!" if answer is None else answer) for piece, answer in zip(pieces, answers)]
