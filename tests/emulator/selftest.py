"""Checks the emulator with functions assembled by hand: right ones, and each kind of failure that it reports."""

import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUN = Path(__file__).resolve().parent / "run"
DATA = 0x0100_0000
"""Where the region of each case begins: the lowest address that one may have."""

INTEGERS = """
    mov rax, [rdi]
    add rax, [rdi + 8]
    mov [rdi + 16], rax
    ret
"""

AVX2 = """
    vmovupd ymm0, [rdi]
    vfmadd213pd ymm0, ymm0, [rdi + 32]
    vmovupd [rdi + 64], ymm0
    vzeroupper
    ret
"""

SMALLER_OF_TWO = """
    vmovupd zmm0, [rdi]
    vmovupd zmm31, [rdi + 64]
    vcmppd k1, zmm0, zmm31, 17          # less than, quiet
    vblendmpd zmm2 {k1}, zmm31, zmm0
    vmovupd [rdi + 128], zmm2
    vpmovm2q zmm3, k1
    vmovdqu64 [rdi + 192], zmm3
    vpmovq2m k2, zmm3
    kmovb [rdi + 256], k2
    vzeroupper
    ret
"""

CONSTANT = """
    vmovdqu64 zmm0, [rdi]
    vpaddq zmm0, zmm0, [rip + constant]
    vpmullq zmm0, zmm0, qword ptr [rip + constant + 8]{1to8}
    vmovdqa64 [rdi], zmm0
    vzeroupper
    ret
    .balign 64
constant:
    .quad 1, 2, 3, 4, 5, 6, 7, 8
"""


def assemble(text):
    with tempfile.TemporaryDirectory() as folder:
        source, object_file, code = (Path(folder) / name for name in ("code.s", "code.o", "code.bin"))
        source.write_text(f".intel_syntax noprefix\n{text}\n")
        subprocess.run(["as", "-o", object_file, source], check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", object_file, code], check=True)
        return code.read_bytes()


def words(*values):
    return struct.pack(f"<{len(values)}Q", *(value % 2**64 for value in values))


def floats(*values):
    return struct.pack(f"<{len(values)}d", *values)


def case(text, before, after, address=DATA):
    code = assemble(text)
    return words(len(code)) + code + words(address, 1, address, len(before)) + before + after


def right_cases():
    yield case(INTEGERS, words(3, -5, 0), words(3, -5, -2))

    x, y = (1.5, -2.0, 3.0, 0.0), (0.25, 1.0, -9.0, 7.0)
    yield case(AVX2, floats(*x, *y) + bytes(32), floats(*x, *y, *(a * a + b for a, b in zip(x, y))))

    nan = float("nan")
    x, y = (1.0, 5.0, -0.0, nan, 2.0, -7.5, 1e300, 4.0), (2.0, 4.0, 0.0, 1.0, nan, -7.0, 1e299, 4.0)
    less = [a < b for a, b in zip(x, y)]
    smaller = floats(*(a if yes else b for a, b, yes in zip(x, y, less)))
    mask = sum(yes << lane for lane, yes in enumerate(less))
    yield case(SMALLER_OF_TWO, floats(*x, *y) + bytes(129), floats(*x, *y) + smaller + words(*(-yes for yes in less)) + bytes([mask]))

    yield case(CONSTANT, words(*range(10, 18)), words(*(2 * (10 + 2 * lane + 1) for lane in range(8))))
    yield case("ret", b"", b"")
    yield case("mov byte ptr [rdi + 2], 9\n ret", bytes(5), bytes([0, 0, 9, 0, 0]), DATA + 3)


def wrong_expectation():
    return case(INTEGERS, words(3, -5, 0), words(3, -5, -3))


CHECKS = [
    ("right functions", [*right_cases()], 0, "6 cases: all as expected\n"),
    ("many cases", [*right_cases()] * 20_000, 0, "120000 cases: all as expected\n"),
    ("a wrong expectation", [*right_cases(), wrong_expectation(), *right_cases()], 1,
     "case 6: region 0 (0x1000000), offset 0x10: expected fd ff ff ff ff ff ff ff, found fe ff ff ff ff ff ff ff\n"
     "13 cases: 1 not as expected\n"),
    ("registers that a function should keep", [case("not rbx\n mov r15, rdi\n std\n ret", b"", b""), *right_cases()], 1,
     "case 0: not kept: rbx r15 the direction flag\n7 cases: 1 not as expected\n"),
    ("no instruction", [*right_cases(), case("nop\n ud2", b"", b"")], 1,
     "case 6: exception 6 (#UD) at offset 0x1 of its code\nthe run ends there\n"),
    ("an extension that the processor lacks", [case("vpdpbusd zmm0, zmm1, zmm2\n ret", b"", b"")], 1,
     "case 0: exception 6 (#UD) at offset 0x0 of its code\nthe run ends there\n"),
    ("a null pointer", [case("vmovupd zmm0, [0x40]\n ret", b"", b"")], 1,
     "case 0: exception 14 (#PF) for address 0x40 at offset 0x0 of its code\nthe run ends there\n"),
    ("a store that is not aligned", [case("vmovapd [rdi], zmm0\n ret", bytes(64), bytes(64), DATA + 32)], 1,
     "case 0: exception 13 (#GP) at offset 0x0 of its code\nthe run ends there\n"),
    ("a lost stack", [case("xor esp, esp\n push rax", b"", b"")], 1,
     "case 0: exception 14 (#PF) for address 0xfffffffffffffff8 at offset 0x2 of its code\nthe run ends there\n"),
    ("a function without a return", [case("nop", b"", b"")], 1,
     "case 0: exception 3 (#BP) at offset 0x2 of its code\nthe run ends there\n"),
    ("a function without an end", [*right_cases(), case("jmp .", b"", b"")], 1,
     "case 6: no end after 67108864 instructions, at offset 0x0 of its code\nthe run ends there\n"),
    ("a region elsewhere", [case("ret", b"", b"", 0x1000)], 1,
     "case 0: a region that does not lie between 16 and 512 MiB\n"),
]


def file_of(cases, count=None):
    return b"TOYCASES" + words(len(cases) if count is None else count) + b"".join(cases)


def run(data):
    with tempfile.NamedTemporaryFile(suffix=".cases") as file:
        file.write(data)
        file.flush()
        return subprocess.run([RUN, file.name], capture_output=True, text=True)


def check(name, data, status, output):
    begin = time.monotonic()
    done = run(data)
    if (done.returncode, done.stdout) == (status, output):
        print(f"{name}: ok ({time.monotonic() - begin:.1f} s)")
        return True
    print(f"{name}: exit status {done.returncode}, not {status}\n--- expected\n{output}--- found\n{done.stdout}{done.stderr}")
    return False


def main():
    results = [check(name, file_of(cases), status, output) for name, cases, status, output in CHECKS]
    right = [*right_cases()]
    no_end = "the file does not end with its last case\n"
    results += [
        check("not a file of cases", bytes(100), 1, "not a file of cases\n"),
        check("an empty file", b"", 1, no_end),
        check("a case too few", file_of(right, 7), 1, "case 6: more than 2 MiB of code\n"),
        check("a case too many", file_of(right, 5), 1, no_end),
        check("the last byte missing", file_of([*right, wrong_expectation()])[:-1], 1,
              "case 6: region 0 (0x1000000), offset 0x10: expected fd ff ff ff ff ff ff 54, found fe ff ff ff ff ff ff ff\n" + no_end),
    ]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    sys.exit(0 if all(results) else 1)


main()
