"""Rows a second of the import: 20,000 and 200,000 rows, as CSV and xlsx, into an empty and into a full master.

    python -m tests.benchmarks.imports [ROWS …]

The rows come from samples/generate.py, so they carry the dirt of real lists. Each line is one run on the
embedded PostgreSQL of a temporary home, of: reading and judging alone (no database), a dry run, a first commit
(everybody is new), a second commit of the same file (everybody is known and nothing changes), and the largest
memory that this process had until then.
"""

from __future__ import annotations

import asyncio
import importlib.util
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

from callcenter.kit import embedded
from callcenter.kit.db import Database
from callcenter.migrate import migrate
from crm_sync.imports.mapping import resolve
from crm_sync.imports.reading import open_table
from crm_sync.imports.rules import Context, Plan, judge
from crm_sync.imports.service import import_file

SIZES = (20_000, 200_000)
NOW = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def generator() -> ModuleType:
    """samples/generate.py, which is a script and not a package."""
    spec = importlib.util.spec_from_file_location(
        "generate", Path(__file__).resolve().parents[2] / "samples" / "generate.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(path: Path) -> None:
    """Read the file and judge its rows, without a database."""
    table = open_table(path)
    plan = Plan.of(resolve(table.headings, table.sample()))
    context = Context(date(2026, 3, 9), "CN", "Asia/Shanghai", "benchmark")
    for row in table.rows():
        judge(row, plan, context)


async def imported(database: Database, path: Path, folder: Path, *, dry_run: bool) -> str:
    report = await import_file(database, NOW, path, dry_run=dry_run, source="benchmark", error_dir=folder / "errors")
    return f"{report.new:,} new, {report.updated:,} known, {report.invalid:,} invalid"


class Stopwatch:
    """Wall time, and the processor time of this process, which tells more on a machine with other work."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def line(self, what: str, rows: int, note: str = "") -> None:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"| {what:<30} | {rows:>9,} | {wall:>8.2f} | {cpu:>8.2f} | {rows / wall:>8,.0f} | {memory:>6} | {note} |",
            flush=True,
        )


async def measure(folder: Path, url: str, rows: int, samples: ModuleType) -> None:
    made = samples.make_rows(count=rows)
    csv_path, xlsx_path = folder / f"{rows}.csv", folder / f"{rows}.xlsx"
    csv_path.write_bytes(samples.csv_text(made).encode("gb18030"))
    samples.write_xlsx(xlsx_path, made)
    del made
    for path in (csv_path, xlsx_path):
        watch = Stopwatch()
        judged(path)
        watch.line(f"{path.suffix[1:]}: read and judge", rows)
    database = Database(url, pool=2, name="benchmark")
    try:
        for what, path, dry_run in (
            ("csv: dry run, empty master", csv_path, True),
            ("csv: commit, everybody new", csv_path, False),
            ("csv: commit, everybody known", csv_path, False),
            ("xlsx: dry run, everybody known", xlsx_path, True),
        ):
            watch = Stopwatch()
            watch.line(what, rows, await imported(database, path, folder, dry_run=dry_run))
    finally:
        await database.close()


def main(sizes: list[int]) -> None:
    samples = generator()
    with tempfile.TemporaryDirectory(prefix="callcenter-benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        print("| run                            |      rows |  seconds |    CPU s |   rows/s | MB max | outcome |")
        print("|--------------------------------|----------:|---------:|---------:|---------:|-------:|---------|")
        try:
            for rows in sizes:
                url = embedded.ensure_postgres(folder, f"benchmark_{rows}")
                migrate(url)
                asyncio.run(measure(folder, url, rows, samples))
        finally:
            embedded.stop_postgres(folder)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
