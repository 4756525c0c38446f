"""REST: the control of the calling. Supervisors and marketing; agents see the scores of their own talks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request

from callcenter.kit.errors import BadInput
from callcenter.kit.http import PROBLEMS, DbSession, Now
from callcenter.kit.paging import MAX_PAGE, Page
from callcenter.people.access import CurrentUser, may, require
from callcenter.people.audit import audit
from callcenter.people.models import Role, User
from callcenter.settings import Settings
from campaigns.control import figures, ledger, mine, proof, repository, rules, service
from campaigns.control.figures import By
from campaigns.control.schemas import AgentScores, Ledger, Lengths, MyDay, Norm, ProofRow, Results, ScoreNew, ScoreRow
from campaigns.pacing_notes import service as pacing_notes
from campaigns.pacing_notes.rules import Why
from campaigns.pacing_notes.schemas import PacingNoteRow
from campaigns.plans import service as plans
from campaigns.schedule.windows import day_start

router = APIRouter(prefix="/api/control", tags=["control"], responses=PROBLEMS)

Reader = Annotated[User, Depends(require(Role.SUPERVISOR, Role.MARKETING))]
Supervisor = Annotated[User, Depends(require(Role.SUPERVISOR))]
MAX_DAYS = 400
_DEFAULT_DAYS = 30


def _zone(request: Request) -> ZoneInfo:
    settings: Settings = request.app.state.settings
    return settings.zone


class _Span:
    """`since` to `until`, both included; by default the last 30 days up to today."""

    def __init__(self, request: Request, now: Now, since: date | None = None, until: date | None = None) -> None:
        self.where = _zone(request)
        self.until = until or now.astimezone(self.where).date()
        if until is None and since is not None:
            self.until = max(self.until, since)
        if self.until.year < 2000 or self.until.year > 2100:
            raise BadInput(field="until", problem_zh="年份须在 2000 至 2100 之间", problem_en="no year of 2000 to 2100")
        self.since = since or self.until - timedelta(days=_DEFAULT_DAYS - 1)
        if not 0 <= (self.until - self.since).days < MAX_DAYS:
            raise BadInput(
                field="since",
                problem_zh=f"期间应为 1 至 {MAX_DAYS} 天，且起日不晚于止日",
                problem_en=f"a period has 1 to {MAX_DAYS} days, its first not after its last",
            )

    @property
    def begins(self) -> datetime:
        return day_start(self.since, self.where)

    @property
    def ends(self) -> datetime:
        return day_start(self.until + timedelta(days=1), self.where)


Span = Annotated[_Span, Depends()]


@router.get("/results", summary="Results by hour, window, agent, list, script, stage …")
async def get_results(
    session: DbSession,
    user: Reader,
    span: Span,
    by: By = By.HOUR,
    campaign_id: UUID | None = None,
    agent_id: UUID | None = None,
) -> Results:
    return await figures.results(
        session, by, span.since, span.until, span.where, campaign_id=campaign_id, agent_id=agent_id
    )


@router.get("/mine", summary="An agent's own figures of today")
async def get_mine(session: DbSession, user: CurrentUser, now: Now, request: Request) -> MyDay:
    return await mine.today(session, user.id, now, _zone(request))


@router.get("/lengths", summary="How long talks are, against what is recommended")
async def get_lengths(
    session: DbSession, user: Reader, span: Span, campaign_id: UUID | None = None, agent_id: UUID | None = None
) -> Lengths:
    if campaign_id is not None:
        await plans.get(session, campaign_id)
    bins = await figures.lengths(
        session, span.since, span.until, span.where, campaign_id=campaign_id, agent_id=agent_id
    )
    total = await figures.results(
        session, By.DAY, span.since, span.until, span.where, campaign_id=campaign_id, agent_id=agent_id
    )
    return Lengths(
        bins=bins,
        norm=await service.norm(session, campaign_id) if campaign_id is not None else None,
        pitch_s=rules.PITCH_S,
        mean_s=total.total.talk_s_mean,
    )


@router.put("/norms/{campaign_id}", summary="Set how long talks of a campaign should be")
async def put_norm(campaign_id: UUID, body: Norm, session: DbSession, now: Now, user: Supervisor) -> Norm:
    done = await service.set_norm(session, campaign_id, body, now, user.id)
    await audit(session, now, user, "call_norm_set", "campaign", str(campaign_id), body.model_dump())
    return done


@router.get("/abandonment", summary="The abandonment ledger of a campaign, by day and by the law's periods")
async def get_ledger(session: DbSession, user: Reader, now: Now, request: Request, campaign_id: UUID) -> Ledger:
    return await ledger.of_campaign(session, await plans.get(session, campaign_id), now, _zone(request))


@router.get("/pacing", summary="Decisions of the pacer that matter, with their reasons, newest first")
async def list_pacing_notes(
    session: DbSession,
    user: Reader,
    span: Span,
    campaign_id: UUID,
    why: Why | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[PacingNoteRow]:
    await plans.get(session, campaign_id)
    rows, total = await pacing_notes.page(
        session, campaign_id, span.begins, span.ends, why=why, limit=limit, offset=offset
    )
    return Page(rows=rows, total=total)


@router.get("/proofs", summary="Each day's proof that nobody was called outside the rules")
async def list_proofs(
    session: DbSession,
    user: Reader,
    span: Span,
    campaign_id: UUID | None = None,
    faulty: bool = False,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ProofRow]:
    rows, total = await repository.proofs(
        session, span.since, span.until, campaign_id=campaign_id, faulty=faulty, limit=limit, offset=offset
    )
    return Page(rows=rows, total=total)


@router.post("/proofs", summary="Prove a day now; a proof made before is replaced")
async def prove(session: DbSession, user: Supervisor, now: Now, request: Request, day: date) -> Page[ProofRow]:
    where = _zone(request)
    if not date(2000, 1, 1) <= day <= now.astimezone(where).date():
        raise BadInput(
            field="day", problem_zh="该日尚未到来，或太早", problem_en="this day has not come, or is too old"
        )
    made = await proof.prove_day(session, day, now, where)
    await audit(session, now, user, "calling_proved", "day", day.isoformat(), {"campaigns": len(made)})
    rows, total = await repository.proofs(session, day, day, campaign_id=None, faulty=False, limit=MAX_PAGE, offset=0)
    return Page(rows=rows, total=total)


@router.get("/scores", summary="Supervisors' scores of talks, newest first")
async def list_scores(
    session: DbSession,
    user: CurrentUser,
    span: Span,
    call_id: UUID | None = None,
    agent_id: UUID | None = None,
    campaign_id: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ScoreRow]:
    """Agents see the scores of their own talks. With `call_id` the period does not matter."""
    if not may(user, Role.SUPERVISOR):
        agent_id = user.id
    whenever = call_id is not None
    rows, total = await repository.scores(
        session,
        limit=limit,
        offset=offset,
        call_id=call_id,
        agent_id=agent_id,
        campaign_id=campaign_id,
        since=None if whenever else span.begins,
        until=None if whenever else span.ends,
    )
    return Page(rows=rows, total=total)


@router.get("/scores/by-agent", summary="Mean scores of each agent, the lowest first")
async def list_scores_by_agent(
    session: DbSession, user: Supervisor, span: Span, campaign_id: UUID | None = None
) -> list[AgentScores]:
    return await repository.scores_by_agent(session, campaign_id=campaign_id, since=span.begins, until=span.ends)


@router.put("/scores/{call_id}", summary="Score a talk, or change one's own score")
async def put_score(call_id: UUID, body: ScoreNew, session: DbSession, now: Now, user: Supervisor) -> ScoreRow:
    row = await service.score(session, call_id, body, now, user.id)
    await audit(session, now, user, "call_scored", "call", str(call_id), body.points())
    rows, _ = await repository.scores(session, call_id=call_id, limit=MAX_PAGE, offset=0)
    return next(found for found in rows if found.id == row.id)
