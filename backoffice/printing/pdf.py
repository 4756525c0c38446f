"""Drawing a paper as PDF with Typst, in Chinese type that comes as a package: nothing of the machine is needed.

The type (Noto Serif SC, Noto Sans SC) is the package pylopdf-fonts-zh-cn. Where that is missing, type of the same
family that the machine has is used; where there is none, printing refuses with a sentence that says what to install.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from callcenter.kit import log
from callcenter.kit.errors import AppError

_log = log.get(__name__)

_TEMPLATE = Path(__file__).with_name("paper.typ")
_PACKAGE = "pylopdf_fonts_zh_cn"
SERIF = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")


class NoChineseType(AppError):
    code, status = "no_chinese_type", 503
    zh = "服务器上没有可用的中文字体,无法打印。请管理员安装 Python 包 pylopdf-fonts-zh-cn(或系统字体 fonts-noto-cjk)。"
    en = (
        "There is no Chinese typeface on the server, so nothing can be printed. An administrator has to install the "
        "Python package pylopdf-fonts-zh-cn (or the system's fonts-noto-cjk)."
    )


def _folders() -> list[str]:
    try:
        package = importlib.import_module(_PACKAGE)
    except ImportError:
        return []
    return [str(Path(str(package.__file__)).parent)]


@dataclass(frozen=True, slots=True)
class Type:
    fonts: typst.Fonts
    serif: str
    sans: str


@cache
def _type() -> Type:
    """The typefaces, found once for a process: the packaged ones, and the machine's only where those are missing."""
    folders: list[Any] = list(_folders())
    fonts = typst.Fonts(include_system_fonts=not folders, include_embedded_fonts=True, font_paths=folders)
    serif, sans = choose(fonts.families())
    return Type(fonts, serif, sans)


def typefaces() -> tuple[str, str]:
    """The families that papers are set in on this machine. Raises NoChineseType."""
    found = _type()
    return found.serif, found.sans


def choose(families: Sequence[str]) -> tuple[str, str]:
    """The serif and the sans-serif family to set in. Raises NoChineseType when none carries Chinese."""
    serif = next((name for name in SERIF if name in families), None)
    sans = next((name for name in SANS if name in families), None)
    if serif is None and sans is None:
        raise NoChineseType
    return serif or str(sans), sans or str(serif)


def draw(laid_out: dict[str, Any], now: datetime) -> bytes:
    """The PDF of a paper (layout.lay_out). Takes some tens of milliseconds: call it in a thread."""
    chosen = _type()
    paper = laid_out | {"type": {"serif": chosen.serif, "sans": chosen.sans}}
    compiler = typst.Compiler(
        _TEMPLATE.read_bytes(), font_paths=chosen.fonts, sys_inputs={"paper": orjson.dumps(paper).decode()}
    )
    drawn, warnings = compiler.compile_with_warnings(format="pdf", timestamp=int(now.timestamp()))
    for warning in warnings:
        _log.warning("paper.warning", message=warning.message)
    assert isinstance(drawn, bytes)
    return drawn
