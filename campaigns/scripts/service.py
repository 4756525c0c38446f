"""Scripts by name and version. A version that may have been on a screen is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from callcenter.kit.db import Session
from callcenter.kit.errors import BadInput, NotFound
from campaigns.scripts.defaults import default_scripts
from campaigns.scripts.models import Script
from campaigns.scripts.rules import findings
from campaigns.scripts.schemas import ScriptContent, ScriptNew

_NEXT = text("SELECT COALESCE(max(version), 0) + 1 FROM scripts WHERE name = :name")
_NAME_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 11))")


async def create(session: Session, body: ScriptNew, now: datetime, by: UUID | None) -> Script:
    """A new version of the script `body.name`.

    Raises:
        BadInput: it says what may not be said about health food; the words and the law are named.
    """
    check_statements(body.content)
    await session.execute(_NAME_LOCK, {"name": body.name})
    version: int = (await session.execute(_NEXT, {"name": body.name})).scalar_one()
    row = Script(
        name=body.name, version=version, content=body.content.model_dump(mode="json"), created_at=now, created_by=by
    )
    session.add(row)
    await session.flush()
    return row


def check_statements(content: ScriptContent) -> None:
    """Raises BadInput for the first forbidden statement in what is spoken."""
    for said in content.spoken():
        for found in findings(said):
            raise BadInput(
                field="content",
                problem_zh=f"“{found.words}”属于禁止用语：{found.ban.zh}({found.ban.law_zh})",
                problem_en=f"'{found.words}' may not be said: {found.ban.en} ({found.ban.law_en})",
                mend_zh="请删除或改写这句话。",
                mend_en="Take the sentence out, or put it differently.",
            )


async def get(session: Session, script_id: UUID) -> Script:
    row = await session.get(Script, script_id)
    if row is None:
        raise NotFound(what_zh="话术", what_en="script", id=script_id)
    return row


async def page(session: Session, limit: int, offset: int, *, newest_only: bool) -> tuple[Sequence[Script], int]:
    newest = "WHERE version = (SELECT max(version) FROM scripts n WHERE n.name = s.name)" if newest_only else ""
    total: int = (await session.execute(text(f"SELECT count(*) FROM scripts s {newest}"))).scalar_one()
    ids = (
        await session.execute(
            text(f"SELECT id FROM scripts s {newest} ORDER BY name, version DESC LIMIT :limit OFFSET :offset"),
            {"limit": limit, "offset": offset},
        )
    ).scalars()
    found = {
        row.id: row for row in (await session.execute(select(Script).where(col(Script.id).in_(list(ids))))).scalars()
    }
    return sorted(found.values(), key=lambda row: (row.name, -row.version)), total


async def seed_defaults(session: Session, now: datetime) -> Script:
    """Write the default scripts (zh, en) where they are missing; returns the Chinese one."""
    made: dict[str, Script] = {}
    for body in default_scripts():
        statement = select(Script).where(Script.name == body.name).order_by(col(Script.version).desc()).limit(1)
        found = (await session.execute(statement)).scalar_one_or_none()
        made[body.content.language] = found or await create(session, body, now, None)
    return made["zh"]
