"""Refusals of the edge itself, before any room is asked."""

from __future__ import annotations

from callcenter.kit.errors import AppError


class TooLarge(AppError):
    code, status = "too_large", 413
    zh = "提交的内容超过上限({megabytes} MB),未作任何更改。请将文件拆分后分次提交。"
    en = (
        "What was sent is larger than allowed ({megabytes} MB); nothing was changed. Split the file and send the parts."
    )

    def __init__(self, *, megabytes: int) -> None:
        super().__init__(megabytes=megabytes)


class NoSuchAddress(AppError):
    code, status = "no_such_address", 404
    zh = "没有这个地址。请检查网址;所有接口见 /docs。"
    en = "There is nothing at this address. Check it; every endpoint is listed at /docs."


class WrongMethod(AppError):
    code, status = "wrong_method", 405
    zh = "该地址不支持此请求方法。可用的方法见 /docs。"
    en = "This address does not take that method. See /docs for the ones it takes."


class Unreadable(AppError):
    code, status = "unreadable", 400
    zh = "无法读取提交的内容。请检查格式后重试。"
    en = "What was sent could not be read. Check its format and try again."


class UnfitValue(AppError):
    """The database cannot hold a value that passed the schema: a NUL in a text, a date beyond all calendars."""

    code, status = "bad_input", 422
    zh = "提交的某个值无法保存(含有不可用的字符或超出范围),未作任何更改。请更正后重试。"
    en = (
        "One of the values cannot be stored (a character that is not allowed, or out of range); nothing was changed. "
        "Correct it and try again."
    )


class ConsoleMissing(AppError):
    code, status = "console_not_built", 503
    zh = "坐席工作台尚未构建。请在项目目录运行 make setup(或 cd agent_ui/web && npm ci && npm run build),然后刷新。"
    en = (
        "The console has not been built. Run `make setup` in the project folder (or `cd agent_ui/web && npm ci && "
        "npm run build`), then reload."
    )
