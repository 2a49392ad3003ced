"""The screen of `toy trace` in the middle of an iteration, as SVG. Started by docs/picture."""

from pathlib import Path

from drive import EXAMPLE, Terminal
from rich.console import Console
from rich.text import Text

WIDTH, HEIGHT = 150, 42
OUT = Path("docs/trace.svg")


def screen():
    """The step that makes a box for the product, with its colours."""
    terminal = Terminal(WIDTH, HEIGHT)
    try:
        terminal.trace(EXAMPLE)
        terminal.until("step 0")
        for key in "]]lllll":
            terminal.type(key)
        terminal.until(r"▶ *\d+ +Mul")
        terminal.until("iteration 2")
        return terminal.screen(colours=True)
    finally:
        terminal.close()


def main():
    console = Console(record=True, width=WIDTH, file=open("/dev/null", "w"), force_terminal=True)
    for line in screen().splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, overflow="crop")
    OUT.write_text(console.export_svg(title=f"toy trace {EXAMPLE}", unique_id="toy"))
    print(f"{OUT}: {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
