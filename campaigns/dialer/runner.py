"""One campaign's loop: read the room, ask the pacer, launch. Woken by events, and at least once a second."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.clock import midnight_of, real_now
from callcenter.kit.db import Session, is_connection_loss
from callcenter.lines.service import Callers
from callcenter.pacing import Decision, DialEnded, Pacer, PacingEvent, describe, make_pacer
from callcenter.telephony.port import CarrierRefused, CarrierUnreachable, MachineDetection
from campaigns.dialer import launching, lease, mixing, news, room
from campaigns.dialer.answering import Desk, Desks
from campaigns.dialer.chances import Chances
from campaigns.dialer.launching import Hands
from campaigns.dialer.numbers import Numbers
from campaigns.dialer.returns import Returns, shift_end
from campaigns.pacing_notes import service as pacing_notes
from campaigns.pacing_notes.rules import Notebook
from campaigns.plans.models import Campaign, CampaignState, PacingMode
from campaigns.schedule import rules as schedule

_log = log.get(__name__)

TICK_S = 1.0
"""Seconds of the clock between two looks when nothing happens."""
SHORTEST_TICK_S = 0.05
"""Real seconds: a fast clock must not become a busy loop."""
MIN_RING_S = 15.0
"""Nobody's telephone stops ringing because of us before: 16 CFR 310.4(b)(4)(ii), Ofcom likewise."""
LEARN_DAYS = 7
"""What pacing learns from when a worker begins."""
PREDICTIVE = PacingMode.PREDICTIVE.value
_RENEW_S = 3.0
_WRAP_UPS_S = 10.0
_MAX_AT_ONCE = 50
_NO_NUMBER = (
    "主叫号码都在休息、已停用或已达当日上限，因此不发起呼叫。请在“主叫号码”页面查看。",
    "Every caller number rests, is off, or has had its calls for today, so nobody is called. See Caller numbers.",
)


class Runner:
    """Drives one campaign under its lease until the campaign closes, the lease is lost, or it is stopped."""

    def __init__(
        self, hands: Hands, bus: Bus, desks: Desks, callers: Callers, campaign_id: UUID, token: int, zone: ZoneInfo
    ) -> None:
        self._hands = hands
        self._bus = bus
        self._desks = desks
        self._callers = callers
        self.campaign_id = campaign_id
        self._token = token
        self._zone = zone
        self._wake = asyncio.Event()
        self._news: list[PacingEvent] = []
        self._notebook = Notebook()
        self._returns = Returns()
        self._chances: Chances | None = None
        self._pacer: Pacer | None = None
        self._pacer_of: tuple[object, ...] = ()
        self._renewed_at = real_now()
        self._wrap_ups_at: datetime | None = None
        self._wrap_ups_seen = hands.clock.now()
        self._placing: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._wake.set()

    def tell(self, call_id: UUID, events: Iterable[PacingEvent]) -> None:
        """What happened to a call of this campaign; the pacer learns it at the next look."""
        for event in events:
            self._news.append(event)
            if self._chances is not None and isinstance(event, DialEnded):
                self._chances.learn(call_id, event)
        self._wake.set()

    async def run(self) -> None:
        pause = max(SHORTEST_TICK_S, TICK_S / self._hands.clock.speed)
        while True:
            self._wake.clear()
            try:
                if not await self._tick():
                    return
            except lease.LeaseLost:
                _log.warning("campaign.lease_lost", campaign=str(self.campaign_id))
                return
            except Exception as error:
                # One bad look must not end the campaign; the next one reads everything anew.
                if is_connection_loss(error):
                    _log.warning("campaign.database_lost", campaign=str(self.campaign_id))
                else:
                    _log.exception("campaign.tick_failed", campaign=str(self.campaign_id))
                await asyncio.sleep(0.5)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
                # Events come in bursts: one look for all of them.
                await asyncio.sleep(SHORTEST_TICK_S / 5)

    async def _tick(self) -> bool:
        """One look. False when the campaign is no longer open."""
        now = self._hands.clock.now()
        async with self._hands.database.transaction() as session:
            if (real_now() - self._renewed_at).total_seconds() > _RENEW_S:
                await lease.renew(session, self.campaign_id, self._token)
                self._renewed_at = real_now()
            campaign = await session.get_one(Campaign, self.campaign_id)
            desk = self._desks.put(campaign)
            if campaign.state == CampaignState.CLOSED.value:
                return False
            pacer = await self._ready_pacer(session, desk, now)
            closes = schedule.window_closes(desk.rules, now, self._zone)
            chances = await self._ready_chances(session, now)
            picture = await room.read(
                session,
                campaign.id,
                now,
                window_closes=closes,
                lines_limit=campaign.max_lines,
                session_ends=shift_end(campaign.shift_ends, now, self._zone),
                next_chance=await chances.next(session, desk, now) if campaign.mode == PREDICTIVE else None,
                returns=self._returns,
            )
            await self._learn_wrap_ups(session, now)
            has_number = await mixing.may_call(session, self._desks, desk, Numbers(session, self._callers, now).room)
        events = self._take_news()
        for event in events:
            pacer.observe(event)
        decision = pacer.decide(picture.snapshot)
        room_for = None if self._hands.guard is None else self._hands.guard.room()
        if not has_number:
            room_for = 0
        if room_for is not None:
            decision = replace(decision, launch=min(decision.launch, room_for))
        notes = self._notebook.take(decision, events, now)
        if notes:
            async with self._hands.database.transaction() as session:
                await pacing_notes.write(session, self.campaign_id, campaign.mode, notes)
        await self._tell_decision(campaign, decision, has_number, now)
        await self._cancel(picture, decision, now)
        if campaign.state != CampaignState.OPEN.value or not self._hands.carrier.connected:
            return True
        if campaign.mode == PacingMode.PREVIEW.value:
            # Nobody is shown a customer whom they could not call.
            previews = picture.snapshot.ready if room_for is None else min(picture.snapshot.ready, room_for)
            if previews:
                await launching.offer_previews(
                    self._hands, self._desks, self._callers, desk, self._token, previews, now
                )
        elif decision.launch > 0:
            await self._launch(desk, min(decision.launch, _MAX_AT_ONCE), now, chances)
        return True

    def _take_news(self) -> list[PacingEvent]:
        taken, self._news = self._news, []
        return taken

    async def _ready_pacer(self, session: Session, desk: Desk, now: datetime) -> Pacer:
        """The pacer for the campaign's present settings; a new one starts from today's calls."""
        c = desk.campaign
        carrier_rate = self._hands.carrier.calls_per_second
        rate = c.calls_per_second if carrier_rate is None else min(c.calls_per_second, carrier_rate)
        wanted = (
            c.mode,
            c.target_abandonment,
            c.patience_s,
            c.ring_timeout_s,
            c.max_lines_per_agent,
            rate,
            c.machine_detection,
            c.people_taken_for_machines,
            now.astimezone(self._zone).date(),  # the budget is a day's
        )
        if self._pacer is not None and wanted == self._pacer_of:
            return self._pacer
        midnight = midnight_of(now, self._zone)
        learn_from = midnight - timedelta(days=LEARN_DAYS)
        _, answered, abandoned = await news.history(session, c.id, midnight)
        events, _, _ = await news.history(session, c.id, learn_from)
        wraps, self._wrap_ups_seen = await news.wrap_ups(session, c.id, learn_from)
        detects = c.machine_detection != MachineDetection.OFF.value
        machines = await news.machines_among_answers(session, c.id, learn_from) if detects else 0.0
        self._pacer = make_pacer(
            c.mode,
            target_abandonment=c.target_abandonment,
            patience_s=c.patience_s,
            ring_timeout_s=c.ring_timeout_s,
            max_lines_per_agent=c.max_lines_per_agent,
            calls_per_second=rate,
            person_taken_for_machine=c.people_taken_for_machines if detects else 0.0,
            machines_among_answers=machines,
            answered=round(answered / (1.0 - machines)),  # people only, and the budget takes the machines off
            abandoned=abandoned,
            history=[*wraps, *events],
        )
        self._pacer_of = wanted
        self._news.clear()  # it is in the history already
        return self._pacer

    async def _ready_chances(self, session: Session, now: datetime) -> Chances:
        """What the last week's calls told of who answers; learned once, then call by call."""
        if self._chances is None:
            self._chances = await Chances.learned(session, self.campaign_id, now - timedelta(days=LEARN_DAYS))
        return self._chances

    async def _learn_wrap_ups(self, session: Session, now: datetime) -> None:
        if self._wrap_ups_at is not None and (now - self._wrap_ups_at).total_seconds() < _WRAP_UPS_S:
            return
        self._wrap_ups_at = now
        ended, self._wrap_ups_seen = await news.wrap_ups(session, self.campaign_id, self._wrap_ups_seen)
        self._news.extend(ended)

    async def _tell_decision(self, campaign: Campaign, decision: Decision, has_number: bool, now: datetime) -> None:
        held_back, zh, en = self._held_back(decision, has_number)
        body = {
            "campaign_id": campaign.id,
            "at": now,
            "launch": decision.launch,
            "held_back_by": held_back,
            "zh": zh,
            "en": en,
            "carrier": self._hands.carrier.name,
            "carrier_connected": self._hands.carrier.connected,
            "simulated": self._hands.carrier.simulated,
        }
        await self._bus.tell("pacing", orjson.dumps(body, default=str))

    def _held_back(self, decision: Decision, has_number: bool) -> tuple[str, str, str]:
        """What holds back, with its sentence in both languages; what stops everything comes first."""
        guard = self._hands.guard
        if guard is not None and guard.breaker.trouble is not None:
            return "carrier", guard.sentence("zh"), guard.sentence("en")
        if not has_number:
            return "caller_numbers", *_NO_NUMBER
        return decision.reason.held_back.value, describe(decision.reason, "zh"), describe(decision.reason, "en")

    async def _cancel(self, picture: room.Room, decision: Decision, now: datetime) -> None:
        """Take back calls whose agents have gone. The pacer counts from the launch, the law from the first ring."""
        long_enough = now - timedelta(seconds=MIN_RING_S)
        rung = [one.call_id for one in picture.ringing if one.since is not None and one.since <= long_enough]
        for call_id in rung[: decision.cancel]:
            with contextlib.suppress(CarrierRefused, CarrierUnreachable):
                await self._hands.carrier.hang_up(call_id, EndCause.CANCELLED)

    async def _launch(self, desk: Desk, limit: int, now: datetime, chances: Chances) -> None:
        for of, requests in await launching.launch(
            self._hands, self._desks, self._callers, desk, self._token, limit, now, chances
        ):
            task = asyncio.create_task(launching.place_all(self._hands, of.campaign, of.rules, requests))
            self._placing.add(task)
            task.add_done_callback(self._placing.discard)
