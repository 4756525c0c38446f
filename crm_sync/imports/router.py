"""REST: import of lists. Preview (upload) → check (dry run) → commit; runs, error files, templates."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse

from callcenter.kit.clock import real_now
from callcenter.kit.db import Database, Session
from callcenter.kit.errors import AppError, Lang, NotFound
from callcenter.kit.http import PROBLEMS, ClockOf, DbSession, Language, Now
from callcenter.kit.ids import new_id
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from crm_sync.imports import repository, service
from crm_sync.imports.errors import ErrorFileGone, NoPhoneColumn
from crm_sync.imports.headings import LABELS, MANY
from crm_sync.imports.mapping import ColumnMap, guess, resolve
from crm_sync.imports.models import ImportRun, ImportState
from crm_sync.imports.reading import Row, Table, open_table, text_of
from crm_sync.imports.reasons import sentence
from crm_sync.imports.schemas import (
    NO_NUL,
    Encoding,
    FieldOut,
    ImportAsked,
    ImportOut,
    ImportRunOut,
    Preview,
    PreviewAgain,
    SameFile,
    SheetOut,
)
from crm_sync.imports.settings import ImportSettings
from crm_sync.imports.template import template
from crm_sync.imports.uploads import Upload, Uploads

router = APIRouter(prefix="/api/imports", tags=["imports"], responses=PROBLEMS)

Importer = Annotated[User, Depends(require(Role.MARKETING, Role.SUPERVISOR))]
_SHOWN_ROWS = 8
_MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {media.split(";")[0]: {} for media in _MEDIA.values()}}
}


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _uploads(request: Request) -> Uploads:
    return Uploads(_settings(request).home / "uploads")


def _error_dir(request: Request) -> Path:
    return _settings(request).home / "errors"


def _import_settings(request: Request) -> ImportSettings:
    settings = _settings(request)
    return ImportSettings(region=settings.default_region, zone=settings.company_timezone)


@router.post("/preview", summary="Upload a list and see how it is understood")
async def preview(
    user: Importer,
    session: DbSession,
    request: Request,
    file: Annotated[UploadFile, File(description="CSV (UTF-8 or GB18030) or xlsx.")],
    source: Annotated[str, Form(max_length=100, pattern=NO_NUL)] = "",
    sheet: Annotated[str, Form(max_length=100, pattern=NO_NUL)] = "",
    encoding: Annotated[Encoding | Literal[""], Form()] = "",
) -> Preview:
    uploads = _uploads(request)
    upload = await uploads.save(file.read, name=file.filename or "", user_id=user.id, real=real_now())
    try:
        return await _preview(session, request, upload, source=source, sheet=sheet or None, encoding=encoding or None)
    except AppError:
        uploads.remove(upload)
        raise


@router.post("/preview-again", summary="The same upload with another sheet, encoding or source")
async def preview_again(user: Importer, session: DbSession, request: Request, body: PreviewAgain) -> Preview:
    upload = _uploads(request).find(body.token, user_id=user.id, real=real_now())
    return await _preview(session, request, upload, source=body.source, sheet=body.sheet, encoding=body.encoding)


@router.post("/check", summary="Dry run: count what an import would do")
async def check(
    user: Importer, session: DbSession, clock: ClockOf, lang: Language, request: Request, body: ImportAsked
) -> ImportOut:
    """Changes no customer. Writes a run in state `checked` and, if there are invalid rows, their file."""
    upload = _uploads(request).find(body.token, user_id=user.id, real=real_now())
    table = await asyncio.to_thread(open_table, upload.path, name=upload.name, sheet=body.sheet, encoding=body.encoding)
    report = await service.run_import(
        session,
        clock.now,
        table,
        dry_run=True,
        source=body.source,
        mapping=body.mapping,
        error_dir=_error_dir(request),
        by=user.id,
        lang=lang,
        settings=_import_settings(request),
    )
    return _out(report, lang)


@router.post("/commit", summary="Import the list, whole or not at all")
async def commit(
    user: Importer, session: DbSession, clock: ClockOf, lang: Language, request: Request, body: ImportAsked
) -> ImportOut:
    """In one transaction. Of two requests for the same upload one imports it, the other gets 409."""
    uploads = _uploads(request)
    upload = uploads.claim(uploads.find(body.token, user_id=user.id, real=real_now()))
    run_id, started = new_id(), clock.now()
    table: Table | None = None
    try:
        table = await asyncio.to_thread(
            open_table, upload.path, name=upload.name, sheet=body.sheet, encoding=body.encoding
        )
        report = await service.run_import(
            session,
            clock.now,
            table,
            dry_run=False,
            source=body.source,
            mapping=body.mapping,
            error_dir=_error_dir(request),
            by=user.id,
            lang=lang,
            settings=_import_settings(request),
            run_id=run_id,
        )
        counts = {"rows": report.rows, "new": report.new, "updated": report.updated, "do_not_call": report.do_not_call}
        await audit(session, started, user, "list_imported", "import_run", str(report.run_id), counts)
    except BaseException as error:
        uploads.give_back(upload)
        if table is not None and isinstance(error, Exception) and not isinstance(error, AppError):
            database: Database = request.app.state.database
            async with database.transaction() as other:  # the request's own transaction is lost
                await service.record_failure(other, started, table, source=body.source, by=user.id, run_id=run_id)
        raise
    uploads.remove(upload)
    return _out(report, lang)


@router.get("", summary="Imports and dry runs, newest first")
async def list_runs(
    _: Importer,
    session: DbSession,
    lang: Language,
    state: ImportState | None = None,
    source: Annotated[str, Query(max_length=100, pattern=NO_NUL)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ImportRunOut]:
    rows, total = await repository.runs(
        session, limit=limit, offset=offset, state=state.value if state else None, source=source
    )
    return Page(rows=[_run_out(run, name, lang) for run, name in rows], total=total)


@router.get("/template", summary="An empty list to fill in", response_class=Response, responses={**_FILES})
async def get_template(
    _: Importer, lang: Literal["zh", "en"] = "zh", format: Literal["csv", "xlsx"] = "xlsx"
) -> Response:
    name = f"{'客户名单模板' if lang == 'zh' else 'customer-list-template'}.{format}"
    content = await asyncio.to_thread(template, lang, format)
    return Response(content, media_type=_MEDIA[format], headers=_attachment(name))


@router.get("/{run_id}", summary="One import")
async def get_run(_: Importer, session: DbSession, lang: Language, run_id: UUID) -> ImportRunOut:
    run, name = await _run(session, run_id)
    return _run_out(run, name, lang)


@router.get(
    "/{run_id}/errors",
    summary="The rows that were not taken, with the reason",
    response_class=FileResponse,
    responses={**_FILES},
)
async def get_errors(user: Importer, session: DbSession, now: Now, request: Request, run_id: UUID) -> FileResponse:
    """In the format that came in; it can be mended and uploaded again. The download is recorded."""
    run, _ = await _run(session, run_id)
    path = _error_dir(request) / run.error_file if run.error_file else None
    if path is None or not path.is_file():
        raise ErrorFileGone
    await audit(session, now, user, "error_file_downloaded", "import_run", str(run.id), {"rows": run.invalid_rows})
    form = path.suffix.lstrip(".")
    return FileResponse(
        path, media_type=_MEDIA[form], headers=_attachment(f"{PurePath(run.file_name).stem}-errors.{form}")
    )


async def _run(session: Session, run_id: UUID) -> tuple[ImportRun, str | None]:
    found = await repository.run(session, run_id)
    if found is None:
        raise NotFound(what_zh="导入记录", what_en="import", id=run_id)
    return found


async def _preview(
    session: Session, request: Request, upload: Upload, *, source: str, sheet: str | None, encoding: Encoding | None
) -> Preview:
    def read() -> tuple[Table, list[Row], str]:
        table = open_table(upload.path, name=upload.name, sheet=sheet, encoding=encoding)
        return table, table.sample(), service.sha256_of(upload.path)

    table, sample, sha256 = await asyncio.to_thread(read)
    remembered = await repository.remembered_mapping(session, source.strip()) if source.strip() else {}
    mapping = _mapping(table, sample, remembered, _settings(request).default_region)
    before = await repository.committed_before(session, sha256)
    width = len(table.headings)
    return Preview(
        token=upload.token,
        file_name=upload.name,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        sheets=[
            SheetOut(name=s.name, rows=s.rows, phone_column=s.phone_column, visible=s.visible) for s in table.sheets
        ],
        heading_row=table.heading_row,
        headings=list(table.headings),
        sample=[[text_of(cell) for cell in row.cells[:width]] for row in sample[:_SHOWN_ROWS]],
        mapping=mapping.as_dict(),
        remembered=any(heading in remembered for heading in table.headings),
        has_phone=mapping.has_phone,
        same_file=SameFile(run_id=before.id, source=before.source, at=before.started_at) if before else None,
        fields=[FieldOut(code=code, zh=zh, en=en, many=code in MANY) for code, (zh, en) in LABELS.items()],
    )


def _mapping(table: Table, sample: list[Row], remembered: dict[str, str], region: str) -> ColumnMap:
    """As in the import itself, but a missing phone column is for the person at the screen to choose."""
    try:
        return resolve(table.headings, sample, remembered=remembered, region=region)
    except NoPhoneColumn:
        return guess(table.headings, sample, region)


def _sentences(lang: Lang, *codes: dict[str, int]) -> dict[str, str]:
    return {code: sentence(code, lang) for group in codes for code in group}


def _out(report: service.ImportReport, lang: Lang) -> ImportOut:
    return ImportOut(
        run_id=report.run_id,
        dry_run=report.dry_run,
        **report.as_json(),
        remarks=report.remarks,
        sentences=_sentences(lang, report.reasons, report.remarks),
        encoding=report.encoding,
        sheet=report.sheet,
        mapping=report.mapping,
        has_error_file=report.error_file is not None,
        other_sheets=list(report.other_sheets),
    )


def _run_out(run: ImportRun, by_name: str | None, lang: Lang) -> ImportRunOut:
    return ImportRunOut(
        id=run.id,
        file_name=run.file_name,
        source=run.source,
        encoding=run.encoding,
        sheet=run.sheet,
        mapping=run.mapping,
        state=ImportState(run.state),
        rows=run.total_rows,
        new=run.new_rows,
        updated=run.updated_rows,
        duplicate=run.duplicate_rows,
        do_not_call=run.do_not_call_rows,
        invalid=run.invalid_rows,
        reasons=run.reasons,
        remarks=run.remarks,
        sentences=_sentences(lang, run.reasons, run.remarks),
        has_error_file=run.error_file is not None,
        started_at=run.started_at,
        ended_at=run.ended_at,
        by=run.by,
        by_name=by_name,
    )


def _attachment(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}", "cache-control": "no-store"}
