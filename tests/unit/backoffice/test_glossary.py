"""The glossary names the code that computes each figure: a name that leads nowhere is found here."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "glossary-backoffice.md").read_text(encoding="utf-8")
FIGURES = [line for line in TEXT.partition("## Terms")[0].splitlines() if line.startswith("| ") and "`" in line]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_figure_has_both_languages_a_definition_and_its_code() -> None:
    assert len(FIGURES) > 30
    for line in FIGURES:
        english, chinese, definition, code = (cell.strip() for cell in line.strip("|").split("|"))
        assert all((english, definition, CHINESE.search(chinese))), line
        path, _, name = code.strip("`").rpartition(".")
        file = ROOT / "backoffice" / f"{path.replace('.', '/')}.py"
        owner, _, part = path.rpartition(".")
        if not file.exists():  # `orders/rules.Exposure`, or a method of it
            file, name = ROOT / "backoffice" / f"{owner}.py", part
        assert file.exists(), f"{code}: no such file"
        assert re.search(rf"(def|class) {name}\b|^{name}\b", file.read_text(encoding="utf-8"), re.M), (
            f"{code}: not there"
        )
