"""The whole dialler of one worker: event channel, commands, reconciliation, and a runner per campaign."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from callcenter.agents import service as agents
from callcenter.calls import service as calls
from callcenter.domain.call import EndCause
from callcenter.kit import log
from callcenter.kit.bus import Bus
from callcenter.kit.clock import real_now
from callcenter.kit.db import is_connection_loss
from callcenter.kit.wake import listen
from callcenter.lines import service as lines
from callcenter.pacing import Abandoned
from callcenter.telephony.health import service as health
from callcenter.telephony.health.rules import Circuit
from callcenter.telephony.port import CarrierEvent, CarrierRefused, CarrierUnreachable
from campaigns.dialer import answering, lease, news, reconcile
from campaigns.dialer.answering import Desks, HangUp, Join, Next, Wait
from campaigns.dialer.commands import Commands
from campaigns.dialer.hearing import Hearing
from campaigns.dialer.launching import Hands
from campaigns.dialer.runner import Runner
from campaigns.leads import service as leads
from campaigns.plans.models import Campaign, CampaignState

_log = log.get(__name__)

_LANES = 16
"""Events of one call are handled in their order; calls are spread over so many lanes."""
_LOOK_REAL_S = 1.0
_HEALTH_REAL_S = 0.5
_REPUTATION_S = 300.0
"""Seconds of the clock between two looks at what caller numbers' figures say."""
_RECONCILE_S = 2.0
_COMMAND_IDLE_S = 1.0


class Dialer:
    def __init__(self, hands: Hands, bus: Bus, *, worker_name: str, zone: ZoneInfo) -> None:
        self._hands = hands
        self._bus = bus
        self._name = worker_name
        self._zone = zone
        self._desks = Desks(keeps_recordings=hands.keeps_recordings)
        self._callers = lines.Callers(zone)
        self._runners: dict[UUID, tuple[Runner, asyncio.Task[None]]] = {}
        self._lanes: list[asyncio.Queue[CarrierEvent]] = [asyncio.Queue(maxsize=1000) for _ in range(_LANES)]
        self._asked = Commands(hands, self._desks)
        self._hearing = Hearing(hands)
        self._commands = asyncio.Event()
        self._listens = asyncio.Event()
        self._was_connected = False
        self._told_health: health.Health | None = None
        self._told_health_at = real_now()
        self._waits: set[asyncio.Task[None]] = set()
        self._parked: dict[UUID, str] = {}
        self._parking = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled."""
        await self._hands.carrier.start()
        async with self._hands.database.transaction() as session:
            await reconcile.check_everything(session, self._hands.clock.now())
        jobs: list[Coroutine[Any, Any, None]] = [
            self._receive(),
            *(self._lane(queue) for queue in self._lanes),
            self._every(_LOOK_REAL_S, self._look_at_campaigns, real=True),
            self._every(_RECONCILE_S, self._reconcile),
            self._every(_LOOK_REAL_S, self._sweep, real=True),
            self._every(_HEALTH_REAL_S, self._tell_health, real=True),
            self._every(_REPUTATION_S, self._rest_numbers),
            self._carry_out_commands(),
            self._hear(),
            listen(self._hands.database.url, ["dialer", "commands"], self._notice),
        ]
        try:
            async with asyncio.TaskGroup() as group:
                for job in jobs:
                    group.create_task(job)
        finally:
            for _, task in self._runners.values():
                task.cancel()
            await self._hands.carrier.close()

    async def _every(self, seconds: float, job: Callable[[], Awaitable[None]], *, real: bool = False) -> None:
        while True:
            try:
                await job()
            except Exception as error:
                if is_connection_loss(error):
                    _log.warning("dialer.database_lost", job=job.__name__)
                else:
                    _log.exception("dialer.job_failed", job=job.__name__)
            pause = seconds if real else max(0.1, seconds / self._hands.clock.speed)
            await asyncio.sleep(pause)

    async def _notice(self, channel: str, payload: str) -> None:
        if channel == "commands":
            self._commands.set()
            self._listens.set()
            return
        for campaign_id, (runner, _) in list(self._runners.items()):
            if not payload or payload == str(campaign_id):
                await self._serve_waiting(campaign_id)
                runner.wake()

    # -------------------------------------------------------------- carrier events

    async def _receive(self) -> None:
        async for event in self._hands.carrier.events():
            await self._lanes[event.call_id.int % _LANES].put(event)

    async def _lane(self, queue: asyncio.Queue[CarrierEvent]) -> None:
        while True:
            event = await queue.get()
            while True:
                try:
                    await self._take(event)
                    break
                except Exception as error:
                    if not is_connection_loss(error):
                        _log.exception("event.failed", call_id=str(event.call_id), kind=event.kind.value)
                        break
                    # The database is away: events wait for it, in order.
                    await asyncio.sleep(0.2)

    async def _take(self, event: CarrierEvent) -> None:
        handled = await answering.handle(self._hands.database, self._desks, event, self._hands.clock.now())
        if handled is None:
            return
        call = handled.applied.call
        running = self._runners.get(call.agents_of or call.queue_id)
        if running is not None:
            running[0].tell(call.id, news.of_event(handled.applied))
        await self._do(handled.next)

    async def _do(self, what: Next) -> None:
        """Ask the carrier for what was decided. A failure here is found by reconciliation."""
        carrier = self._hands.carrier
        try:
            match what:
                case Join(call_id, agent_id):
                    await self._join(call_id, agent_id)
                case HangUp(call_id, cause):
                    await carrier.hang_up(call_id, cause)
                case Wait(call_id, until_s):
                    task = asyncio.create_task(self._wait(call_id, until_s))
                    self._waits.add(task)
                    task.add_done_callback(self._waits.discard)
                case None:
                    pass
        except (CarrierRefused, CarrierUnreachable) as error:
            _log.warning("carrier.not_done", what=type(what).__name__, reason=str(error))

    async def _join(self, call_id: UUID, agent_id: UUID) -> None:
        try:
            await self._hands.carrier.join(call_id, agent_id)
        except CarrierRefused as refusal:
            if refusal.code != "unknown_agent":
                raise
            # The carrier forgot the agent's line (it was restarted): bring it up, and join.
            await self._hands.carrier.park_agent(agent_id, self._parked.get(agent_id, ""))
            await self._hands.carrier.join(call_id, agent_id)

    async def _wait(self, call_id: UUID, until_s: float) -> None:
        """Give up on a person who waits, at the end of their patience."""
        await self._hands.clock.sleep(until_s - self._hands.clock.now().timestamp())
        now = self._hands.clock.now()
        try:
            if not await answering.give_up(self._hands.database, call_id, now):
                return
            async with self._hands.database.transaction() as session:
                call = await calls.get(session, call_id)
                desk = await self._desks.get(session, call.queue_id)
            assert call.answered_at is not None
            running = self._runners.get(call.agents_of or call.queue_id)
            if running is not None:
                running[0].tell(call.id, [Abandoned((now - call.answered_at).total_seconds())])
            await self._hands.carrier.play_message_and_hang_up(call_id, desk.campaign.abandoned_message)
        except (CarrierRefused, CarrierUnreachable) as error:
            _log.warning("carrier.not_done", what="message", reason=str(error))
        except Exception as error:
            if not is_connection_loss(error):
                raise
            _log.warning("dialer.database_lost", job="wait")

    async def _serve_waiting(self, campaign_id: UUID) -> None:
        try:
            while True:
                found = await answering.serve_waiting(self._hands.database, campaign_id, self._hands.clock.now())
                if found is None:
                    return
                await self._do(found)
        except Exception as error:
            if not is_connection_loss(error):
                raise
            _log.warning("dialer.database_lost", job="serve_waiting")

    # -------------------------------------------------------------- agents' commands

    async def _carry_out_commands(self) -> None:
        while True:
            self._commands.clear()
            try:
                while await self._asked.carry_out_some():
                    pass
            except Exception as error:
                if not is_connection_loss(error):
                    _log.exception("commands.failed")
                await asyncio.sleep(0.2)
            try:
                await asyncio.wait_for(self._commands.wait(), _COMMAND_IDLE_S)
            except TimeoutError:
                continue

    async def _hear(self) -> None:
        """Supervisors: at a notice, and once a second for those whose sound was not up yet."""
        while True:
            self._listens.clear()
            try:
                await self._park()
                await self._hearing.look()
            except Exception as error:
                if not is_connection_loss(error):
                    _log.exception("hearing.failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._listens.wait(), _COMMAND_IDLE_S)

    # -------------------------------------------------------------- looking after things

    async def _look_at_campaigns(self) -> None:
        """A runner for every campaign that is not closed and whose lease is ours to take."""
        for campaign_id, (_, task) in list(self._runners.items()):
            if task.done():
                del self._runners[campaign_id]
        taken: list[tuple[UUID, int]] = []
        async with self._hands.database.transaction() as session:
            statement = select(Campaign.id).where(
                col(Campaign.state).in_([CampaignState.OPEN.value, CampaignState.PAUSED.value])
            )
            for campaign_id in (await session.execute(statement)).scalars().all():
                if campaign_id not in self._runners:
                    token = await lease.take(session, campaign_id, self._name)
                    if token is not None:
                        taken.append((campaign_id, token))
        for campaign_id, token in taken:
            runner = Runner(self._hands, self._bus, self._desks, self._callers, campaign_id, token, self._zone)
            self._runners[campaign_id] = (runner, asyncio.create_task(runner.run()))
            _log.info("campaign.driven", campaign=str(campaign_id), fence=token)

    async def _reconcile(self) -> None:
        connected = self._hands.carrier.connected
        now = self._hands.clock.now()
        if connected and not self._was_connected:
            self._hearing.forget()
            async with self._hands.database.transaction() as session:
                await reconcile.check_everything(session, now)
        self._was_connected = connected
        for call_id in await reconcile.due(self._hands.database, now):
            for event in await reconcile.ask(self._hands.database, self._hands.carrier, call_id, now):
                await self._take(event)
            await self._do(await reconcile.unfinished(self._hands.database, call_id))

    async def _tell_health(self) -> None:
        """Write down how the carrier is: at once when it changes, else so that readers know that we live."""
        guard, now = self._hands.guard, self._hands.clock.now()
        if guard is None:
            return
        said, found = self._told_health, health.health_of(guard, now, self._hands.clock.speed)
        old = (real_now() - self._told_health_at).total_seconds() >= health.AGAIN_S
        if said is not None and said.key == found.key and not old:
            return
        async with self._hands.database.transaction() as session:
            await health.tell(session, self._name, guard.name, found, now)
            if said is not None and said.circuit is Circuit.OPEN and found.circuit is not Circuit.OPEN:
                await reconcile.check_doubtful(session, now)
        self._told_health, self._told_health_at = found, real_now()

    async def _rest_numbers(self) -> None:
        async with self._hands.database.transaction() as session:
            sent = await lines.send_to_rest(session, self._hands.clock.now())
        for _, why in sent:
            _log.warning("caller_number.rests", why=why.value)

    async def _park(self) -> None:
        """The sound of every agent on duty is up before anybody is to be joined to it; and of who supervises."""
        async with self._parking:
            await self._park_now()

    async def _park_now(self) -> None:
        async with self._hands.database.transaction() as session:
            on_duty = await agents.addresses_on_duty(session)
            on_duty |= await agents.addresses_of_supervisors(session)
        carrier = self._hands.carrier
        try:
            for agent_id in self._parked.keys() - on_duty.keys():
                await carrier.unpark_agent(agent_id)
                del self._parked[agent_id]
            for agent_id, address in on_duty.items():
                if self._parked.get(agent_id) != address:
                    await carrier.park_agent(agent_id, address)
                    self._parked[agent_id] = address
        except (CarrierRefused, CarrierUnreachable) as error:
            _log.warning("carrier.not_done", what="park", reason=str(error))

    async def _sweep(self) -> None:
        await self._park()
        now = self._hands.clock.now()
        async with self._hands.database.transaction() as session:
            await agents.clear_dead_consoles(session)
            await agents.sweep_absent(session, now)
            for agent in await agents.overdue_wrap_up(session, now):
                assert agent.call_id is not None
                call = await calls.get(session, agent.call_id)
                if call.disposed_at is not None:
                    await agents.after_disposition(session, agent, now)
            for call in await reconcile.orphan_previews(session):
                await calls.end_by_us(session, call, EndCause.SKIPPED, now)
                await leads.release(session, call.subject_id, now, None)

    def wake(self) -> None:
        """Look now: a window's edge, a due callback."""
        for runner, _ in self._runners.values():
            runner.wake()
