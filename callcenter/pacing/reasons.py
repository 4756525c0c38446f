"""Why the pacer launched what it launched: data first, words second."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]


class HeldBack(StrEnum):
    """What kept the pacer from launching one more call."""

    ABANDONMENT = "abandonment"
    """One more call would too often find no agent."""
    BUDGET = "budget"
    """The abandonments of the period are used up, or nearly: only calls that are as good as sure."""
    HALF_HOUR = "half_hour"
    """The last half-hour had too many abandonments."""
    NO_AGENTS = "no_agents"
    """Nobody is logged in and working, or due back within a ring time."""
    AGENTS_BUSY = "agents_busy"
    """Progressive and power: no free agent without a call of their own already ringing."""
    LINES = "lines"
    """All lines of the carrier are in use."""
    LINES_PER_AGENT = "lines_per_agent"
    """The most lines an agent may have are in use."""
    RATE = "rate"
    """The carrier takes so many calls a second and no more."""
    WINDOW_CLOSING = "window_closing"
    """A call launched now could still ring when calling must stop."""
    SESSION_ENDING = "session_ending"
    """The agents leave before a call launched now has been answered or given up."""
    AGENT_CHOOSES = "agent_chooses"
    """Preview: the agent looks first and starts the call."""
    BAD_INPUT = "bad_input"
    """The picture of the room made no sense; nothing is launched on it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What was expected and what held the pacer back.

    Numbers that a mode does not use are 0. Chances are 0..1, times are seconds.
    """

    held_back: HeldBack
    agents: int = 0
    """Agents at work: free, talking or in wrap-up."""
    free: int = 0
    ringing: int = 0
    waiting: int = 0
    answer_chance: float = 0.0
    """Learned chance that a call launched now is answered by a person."""
    horizon_s: float = 0.0
    """Typical time from launch to answer, the horizon of the two expectations below."""
    expected_answers: float = 0.0
    """People expected to answer within the horizon, calls launched now included."""
    expected_free: float = 0.0
    """Agents expected to be free within the horizon, those free now included."""
    next_chance_alone: float = 0.0
    """Chance that one more call, if answered, finds no agent."""
    allowed_chance: float = 0.0
    """The highest such chance allowed at present."""
    budget: float = 0.0
    """Abandonments still allowed: target x answered - abandoned of the period."""
    answered: int = 0
    abandoned: int = 0
    limit: float = 0.0
    """The limit that bound: lines, lines per agent, calls a second, seconds to closing."""
    short_by: int = 0
    """How many more calls would have been launched without that limit, where known."""


def _en(r: Reason) -> str:
    room = f"{r.free} of {r.agents} agents free, {r.ringing} calls ringing"
    expected = (
        f"{r.expected_answers:.1f} answers and {r.expected_free:.1f} free agents expected within {r.horizon_s:.0f} s"
    )
    match r.held_back:
        case HeldBack.ABANDONMENT:
            return (
                f"{expected}; one more call would find no agent with {r.next_chance_alone:.1%} "
                f"(allowed now: {r.allowed_chance:.1%})."
            )
        case HeldBack.BUDGET:
            return (
                f"{r.abandoned} of {r.answered} answered calls were abandoned, {r.budget:.1f} more are "
                f"allowed: only calls as good as sure of an agent are launched ({room})."
            )
        case HeldBack.HALF_HOUR:
            return f"Too many abandoned calls in the last half-hour: launching carefully ({room})."
        case HeldBack.NO_AGENTS:
            return "No agent is at work."
        case HeldBack.AGENTS_BUSY:
            return f"Every free agent already has a call ringing ({room})."
        case HeldBack.LINES:
            return f"All {r.limit:.0f} lines are in use; {r.short_by} more calls would have been launched."
        case HeldBack.LINES_PER_AGENT:
            return (
                f"The most lines per agent ({r.limit:g}) are in use; {r.short_by} more calls would have been launched."
            )
        case HeldBack.RATE:
            return f"The carrier takes {r.limit:g} calls a second; {r.short_by} more calls are held for now."
        case HeldBack.WINDOW_CLOSING:
            return f"Calling stops in {r.limit:.0f} s: a call launched now could still be ringing then."
        case HeldBack.SESSION_ENDING:
            return f"The agents leave in {r.limit:.0f} s: a call launched now could find nobody."
        case HeldBack.AGENT_CHOOSES:
            return f"Preview: agents start their calls themselves ({r.free} free)."
        case HeldBack.BAD_INPUT:
            return "The picture of the room is not usable; nothing is launched."


def _zh(r: Reason) -> str:
    room = f"{r.agents} 位坐席中 {r.free} 位空闲,{r.ringing} 通正在振铃"
    expected = f"预计 {r.horizon_s:.0f} 秒内有 {r.expected_answers:.1f} 人接听、{r.expected_free:.1f} 位坐席空闲"
    match r.held_back:
        case HeldBack.ABANDONMENT:
            return (
                f"{expected};再拨一通,接通后无人接待的可能为 {r.next_chance_alone:.1%}"
                f"(目前允许 {r.allowed_chance:.1%})。"
            )
        case HeldBack.BUDGET:
            return (
                f"已接听 {r.answered} 通,其中放弃 {r.abandoned} 通,还可放弃 {r.budget:.1f} 通:"
                f"只拨几乎必有坐席的电话({room})。"
            )
        case HeldBack.HALF_HOUR:
            return f"最近半小时放弃的电话过多,谨慎外呼({room})。"
        case HeldBack.NO_AGENTS:
            return "没有坐席在岗。"
        case HeldBack.AGENTS_BUSY:
            return f"每位空闲坐席都已有一通在振铃({room})。"
        case HeldBack.LINES:
            return f"{r.limit:.0f} 条线路已全部占用,否则还会再拨 {r.short_by} 通。"
        case HeldBack.LINES_PER_AGENT:
            return f"每位坐席最多 {r.limit:g} 条线路已用满,否则还会再拨 {r.short_by} 通。"
        case HeldBack.RATE:
            return f"线路商每秒只接受 {r.limit:g} 通,另有 {r.short_by} 通稍后拨出。"
        case HeldBack.WINDOW_CLOSING:
            return f"{r.limit:.0f} 秒后停止外呼,现在拨出的电话届时可能仍在振铃。"
        case HeldBack.SESSION_ENDING:
            return f"坐席将在 {r.limit:.0f} 秒后离开,现在拨出的电话可能无人接待。"
        case HeldBack.AGENT_CHOOSES:
            return f"预览模式:由坐席查看后自行拨出({r.free} 位空闲)。"
        case HeldBack.BAD_INPUT:
            return "现场数据不可用,暂不外呼。"


def describe(reason: Reason, lang: Language) -> str:
    """One sentence for a supervisor, in Chinese ("zh") or English ("en")."""
    return _zh(reason) if lang == "zh" else _en(reason)
