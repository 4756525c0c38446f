"""A drawing in SVG as a PNG, with Chinese type that comes as a package: nothing of the machine is needed.

Typst, which sets the papers, draws SVG as well; no further library is needed for it.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import typst

_PACKAGE = "pylopdf_fonts_zh_cn"
FAMILY = "Noto Sans SC"
"""The family to name in a drawing."""
_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.at("svg")), format: "svg")
"""
POINTS_A_PIXEL = 0.75


def _folders() -> list[Any]:
    try:
        package = importlib.import_module(_PACKAGE)
    except ImportError:
        return []  # then the machine's own type has to do
    return [str(Path(str(package.__file__)).parent)]


def png(svg: str, scale: float = 2.0) -> bytes:
    """The drawing as PNG, `scale` pixels for each of its own. Errors: typst.TypstError for a broken drawing."""
    folders = _folders()
    fonts = typst.Fonts(include_system_fonts=not folders, include_embedded_fonts=True, font_paths=folders)
    ppi = 72.0 * scale / POINTS_A_PIXEL
    drawn = typst.Compiler(_PAGE, font_paths=fonts, sys_inputs={"svg": svg}).compile(format="png", ppi=ppi)
    assert isinstance(drawn, bytes)
    return drawn
