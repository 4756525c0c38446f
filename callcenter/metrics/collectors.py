"""What one process measures about itself. Each process has its own registry; nothing is global.

Names, units and what to do about each: docs/operations.md.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_LATENCY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_PAINT_MS = (25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 2000, 5000)
"""The target is 300 ms for 95 of 100 pops, so the buckets are finest below it."""


class Metrics:
    """The collectors of one web process, at `app.state.metrics`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.request_seconds = Histogram(
            "callcenter_request_seconds",
            "Time from a request's arrival to the end of its answer, by route.",
            ("method", "route", "status"),
            buckets=_LATENCY_S,
            registry=self.registry,
        )
        self.pop_paint_ms = Histogram(
            "console_pop_paint_ms",
            "Milliseconds from the answered call's event to the painted screen, as the consoles measured it.",
            buckets=_PAINT_MS,
            registry=self.registry,
        )
        self.sockets = Gauge("callcenter_sockets", "Consoles connected to this process.", registry=self.registry)
        self.slow_sockets = Counter(
            "callcenter_slow_sockets", "Consoles cut off because they read too slowly.", registry=self.registry
        )
        self.agents = Gauge("callcenter_agents", "Agents by state.", ("state",), registry=self.registry)
        self.calls_live = Gauge(
            "callcenter_calls_live", "Calls in progress by state.", ("state",), registry=self.registry
        )
        self.calls_today = Gauge(
            "callcenter_calls_today",
            "Calls begun since local midnight, by outcome.",
            ("outcome",),
            registry=self.registry,
        )
        self.abandoned_today = Gauge(
            "callcenter_calls_abandoned_today",
            "People who answered since local midnight and were not given an agent in time.",
            registry=self.registry,
        )
        self.outbox_backlog = Gauge(
            "callcenter_outbox_backlog", "Events that have not reached the screens yet.", registry=self.registry
        )
        self.outbox_age_seconds = Gauge(
            "callcenter_outbox_age_seconds",
            "Age of the oldest of those events; 0 when there is none.",
            registry=self.registry,
        )
        self.commands_open = Gauge(
            "callcenter_commands_open",
            "Commands for the carrier that were not carried out yet.",
            registry=self.registry,
        )
        self.bus_connected = Gauge(
            "callcenter_bus_connected", "1 while this process is connected to NATS.", registry=self.registry
        )
        self.database_up = Gauge(
            "callcenter_database_up", "1 when the database answered this scrape.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def pop_painted(self, ms: float) -> None:
        """A console reports that the customer of an answered call stood on the screen after `ms`."""
        self.pop_paint_ms.observe(ms)

    def render(self) -> bytes:
        return generate_latest(self.registry)
