"""What an import needs to know about the installation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """`region`: country of numbers without a country code; `zone`: of customers whose number tells none."""

    region: str = "CN"
    zone: str = "Asia/Shanghai"


DEFAULTS = ImportSettings()
