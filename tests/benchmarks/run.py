"""`make bench`: every benchmark of the everyday product, one after the other, into docs/benchmarks.md."""

from __future__ import annotations

import subprocess
import sys

from tests.benchmarks.page import machine, write

PRINTED = {
    "imports": ("Rows a second of the import", "tests.benchmarks.imports"),
    "leads": ("Claiming leads", "tests.benchmarks.leads"),
    "receivables": ("200,000 open invoices", "tests.benchmarks.receivables"),
}
"""Benchmarks that print a table and leave the page to us."""
OWN = ("tests.benchmarks.launching", "tests.benchmarks.shift", "tests.benchmarks.rewards")
"""Benchmarks that write their section themselves."""


def main() -> None:
    for name, (title, module) in PRINTED.items():
        print(f"… {module}", flush=True)
        printed = subprocess.run([sys.executable, "-m", module], capture_output=True, text=True, check=True).stdout
        write(name, f"## {title}\n\n{machine()}.\n\n```\n{printed.strip()}\n```")
    for module in OWN:
        print(f"… {module}", flush=True)
        subprocess.run([sys.executable, "-m", module], check=True)


if __name__ == "__main__":
    main()
