"""Import of a list: check (a dry run) and commit, by the same path.

Every row of the file has exactly one outcome, and the five counts sum to the rows:

- **invalid**: refused by `rules.judge` (reasons by code). Blank rows between others count here as `empty_row`;
  blank rows at the end of the file are no rows.
- **duplicate**: the same phone number stands on an earlier row *of the same file*. The first row is used.
- **do_not_call**: the number is on the do-not-call list, its customer has refused, or some row of this file with
  this number refuses. Such a person is neither added nor changed; a refusal in the file is put on the list.
- **updated**: the number belongs to a customer already known. Filled cells replace what is known (of two last
  purchases the later one stands), empty cells change nothing, a refusal is never turned back, and the `source`
  that first brought the customer stays. A row that says nothing new is counted here too (and in the remark
  `no_change`), and the customer is not touched.
- **new**: everybody else.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, Lang
from callcenter.kit.ids import new_id
from crm_sync.imports import repository
from crm_sync.imports.errorfile import ErrorFile
from crm_sync.imports.errors import SourceMissing
from crm_sync.imports.mapping import resolve
from crm_sync.imports.models import ImportRun, ImportState
from crm_sync.imports.reading import Row, Table, open_table
from crm_sync.imports.reasons import Remark, sentence
from crm_sync.imports.repository import Staging
from crm_sync.imports.rules import Context, Plan, Refused, Taken, judge
from crm_sync.imports.settings import DEFAULTS, ImportSettings

_BATCH = 2_000
"""Rows judged at a time in a thread: small enough that the event loop of a web process keeps breathing."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or (`dry_run`) would do."""

    run_id: UUID
    dry_run: bool
    rows: int
    new: int
    updated: int
    duplicate: int
    do_not_call: int
    invalid: int
    reasons: dict[str, int]
    """Invalid rows by code; sums to `invalid`."""
    remarks: dict[str, int]
    """Noticed on rows that were taken, by code."""
    encoding: str | None
    sheet: str | None
    mapping: dict[str, str]
    error_file: str | None
    """Name of the file of invalid rows in the folder of error files; None when there are none."""
    other_sheets: tuple[str, ...] = field(default=())
    """Further sheets of the workbook with a phone column: they were not read."""

    def as_json(self) -> dict[str, Any]:
        """Exactly what `callcenter import --json` prints."""
        return {
            "rows": self.rows,
            "new": self.new,
            "updated": self.updated,
            "duplicate": self.duplicate,
            "do_not_call": self.do_not_call,
            "invalid": self.invalid,
            "reasons": self.reasons,
        }

    def lines(self, lang: Lang) -> list[str]:
        """The report for a terminal."""
        zh = lang == "zh"
        counts = (
            (self.new, "新增", "new"),
            (self.updated, "更新", "updated"),
            (self.duplicate, "文件内重复", "duplicate within the file"),
            (self.do_not_call, "谢绝来电", "do not call"),
            (self.invalid, "无效", "invalid"),
        )
        trial = ("（试运行，未作任何更改）", " (dry run: nothing was changed)") if self.dry_run else ("", "")
        found = [f"共 {self.rows} 行{trial[0]}" if zh else f"{self.rows} rows{trial[1]}"]
        found += [f"  {count:>9}  {words[0] if zh else words[1]}" for count, *words in counts]
        for title, codes in ((("无效原因", "Invalid because"), self.reasons), (("备注", "Noticed"), self.remarks)):
            if codes:
                found.append(title[0] if zh else title[1])
                found += [f"  {count:>9}  {sentence(code, lang)} [{code}]" for code, count in codes.items()]
        if self.error_file:
            found.append(f"错误文件：{self.error_file}" if zh else f"Error file: {self.error_file}")
        if self.other_sheets:
            names = "、".join(self.other_sheets)
            found.append(f"未读取的工作表：{names}" if zh else f"Sheets that were not read: {names}")
        return found


async def import_file(
    database: Database,
    clock_now: datetime | Callable[[], datetime],
    path: Path | str,
    *,
    dry_run: bool,
    source: str,
    mapping: Mapping[str, str] | None = None,
    error_dir: Path | str,
    by: UUID | None = None,
    sheet: str | None = None,
    lang: Lang = "zh",
    settings: ImportSettings = DEFAULTS,
) -> ImportReport:
    """Import the file at `path` in a transaction of its own (the command line's entry).

    `clock_now` is the current time or what tells it; `mapping` is heading → field for columns whose guess is to
    be overruled. Raises the refusals of errors.py; an import that fails midway leaves a run in state `failed`.
    """
    tell = clock_now if callable(clock_now) else lambda: clock_now
    path = Path(path)
    table = await asyncio.to_thread(open_table, path, sheet=sheet)
    run_id = new_id()
    started = tell()
    try:
        async with database.transaction() as session:
            return await run_import(
                session,
                tell,
                table,
                dry_run=dry_run,
                source=source,
                mapping=mapping,
                error_dir=Path(error_dir),
                by=by,
                lang=lang,
                settings=settings,
                run_id=run_id,
            )
    except AppError:
        raise
    except Exception:
        if not dry_run:
            async with database.transaction() as session:
                await record_failure(session, started, table, source=source, by=by, run_id=run_id)
        raise


async def run_import(
    session: Session,
    tell: Callable[[], datetime],
    table: Table,
    *,
    dry_run: bool,
    source: str,
    mapping: Mapping[str, str] | None,
    error_dir: Path,
    by: UUID | None = None,
    lang: Lang = "zh",
    settings: ImportSettings = DEFAULTS,
    run_id: UUID | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Check or commit an opened table in the caller's transaction, and write down the run.

    A dry run writes the run (state `checked`) and the error file, and nothing else. `progress` is told the
    number of rows read so far. Raises the refusals of errors.py.
    """
    source = source.strip()
    if not source:
        raise SourceMissing(field="source")
    started = tell()
    run_id = run_id or new_id()
    remembered = await repository.remembered_mapping(session, source)
    columns = resolve(
        table.headings,
        await asyncio.to_thread(table.sample),
        given=mapping,
        remembered=remembered,
        region=settings.region,
    )
    zone = ZoneInfo(settings.zone)
    context = Context(started.astimezone(zone).date(), settings.region, settings.zone, source)
    errors = ErrorFile(error_dir, str(run_id), table.format, table.headings, table.delimiter or ",", lang)
    try:
        counts = await _stage(session, table, Plan.of(columns), context, errors, writing=not dry_run, progress=progress)
        staging = Staging(session)
        outcomes = await staging.judge()
        if dry_run:
            unchanged = await staging.count_unchanged()
        else:
            changed = await staging.write(now=started, source=source, by=by)
            unchanged = outcomes.get("updated", 0) - changed
        if unchanged:
            counts.remarks[Remark.NO_CHANGE.value] = unchanged
        await asyncio.to_thread(errors.close)
        report = ImportReport(
            run_id=run_id,
            dry_run=dry_run,
            rows=counts.rows,
            new=outcomes.get("new", 0),
            updated=outcomes.get("updated", 0),
            duplicate=outcomes.get("duplicate", 0),
            do_not_call=outcomes.get("do_not_call", 0),
            invalid=sum(counts.reasons.values()),
            reasons=dict(sorted(counts.reasons.items())),
            remarks=dict(sorted(counts.remarks.items())),
            encoding=table.encoding,
            sheet=table.sheet,
            mapping=columns.as_dict(),
            error_file=errors.name if errors.written else None,
            other_sheets=tuple(s.name for s in table.sheets if s.phone_column and s.name != table.sheet),
        )
        session.add(_run(report, table, source=source, by=by, started=started, ended=tell()))
        await session.flush()
    except BaseException:
        errors.discard()
        raise
    return report


async def record_failure(
    session: Session, now: datetime, table: Table, *, source: str, by: UUID | None, run_id: UUID
) -> None:
    """Write down an import that broke off; its own transaction was rolled back, so nothing of it remains."""
    session.add(
        ImportRun(
            id=run_id,
            file_name=table.name,
            file_sha256=sha256_of(table.path),
            source=source,
            encoding=table.encoding,
            sheet=table.sheet,
            state=ImportState.FAILED.value,
            started_at=now,
            ended_at=now,
            by=by,
        )
    )
    await session.flush()


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass
class _Counts:
    rows: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)


async def _stage(
    session: Session,
    table: Table,
    plan: Plan,
    context: Context,
    errors: ErrorFile,
    *,
    writing: bool,
    progress: Progress | None,
) -> _Counts:
    """Judge every row and put those that can be taken into the staging table, batch by batch."""
    counts = _Counts()
    staging = Staging(session)
    await staging.begin(writing=writing)
    rows = table.rows()
    while True:
        taken = await asyncio.to_thread(_judge_batch, rows, plan, context, errors, counts)
        if taken is None:
            return counts
        await staging.add(taken)
        if progress is not None:
            progress(counts.rows)


def _judge_batch(
    rows: Iterator[Row], plan: Plan, context: Context, errors: ErrorFile, counts: _Counts
) -> list[Taken] | None:
    """The customers of the next rows; None when there are no more rows."""
    taken: list[Taken] = []
    read = 0
    for row in itertools.islice(rows, _BATCH):
        read += 1
        found = judge(row, plan, context)
        if isinstance(found, Refused):
            counts.reasons[found.reason.value] += 1
            errors.add(row, found.reason.value)
        else:
            taken.append(found)
            for remark in found.remarks:
                counts.remarks[remark.value] += 1
    counts.rows += read
    return taken if read else None


def _run(
    report: ImportReport, table: Table, *, source: str, by: UUID | None, started: datetime, ended: datetime
) -> ImportRun:
    return ImportRun(
        id=report.run_id,
        file_name=table.name,
        file_sha256=sha256_of(table.path),
        source=source,
        encoding=report.encoding,
        sheet=report.sheet,
        mapping=report.mapping,
        state=(ImportState.CHECKED if report.dry_run else ImportState.COMMITTED).value,
        total_rows=report.rows,
        new_rows=report.new,
        updated_rows=report.updated,
        duplicate_rows=report.duplicate,
        do_not_call_rows=report.do_not_call,
        invalid_rows=report.invalid,
        reasons=report.reasons,
        remarks=report.remarks,
        error_file=report.error_file,
        started_at=started,
        ended_at=ended,
        by=by,
    )


__all__ = ["ImportReport", "import_file", "run_import"]
