"""Refusals of the recordings."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class NoTicket(AppError):
    code, status = "no_ticket", 403
    zh = "收听许可无效或已过期。请在通话记录中重新点击播放;每次收听都会留下记录。"
    en = "The leave to hear this is missing or over. Press play in the call log again; every listening is recorded."


class NotKept(AppError):
    code, status = "recording_not_kept", 410
    zh = "该录音已按保存期限删除({at}),只保留了删除记录。"
    en = "This recording was deleted when its time was over ({at}); only the record of that was kept."


class NotReady(AppError):
    code, status = "recording_not_ready", 409
    zh = "录音尚未入库,请稍后再试。"
    en = "The recording is not stored yet. Try again in a moment."


class Unreadable(AppError):
    code, status = "recording_unreadable", 503
    zh = "录音无法读取:{why_zh}。"
    en = "The recording cannot be read: {why_en}."


class NoSuchPart(AppError):
    code, status = "no_such_part", 416
    zh = "请求的片段不在录音范围内。"
    en = "The recording has no such part."
