"""PURE: kinds of moves. Who gets scarce goods is `backoffice/deliveries/rules.share_out`."""

from __future__ import annotations

from enum import StrEnum

from backoffice.kit.words import words


class MoveKind(StrEnum):
    OPENING = "opening"
    RECEIVED = "received"  # from production or a supplier
    SHIPPED = "shipped"
    RETURNED = "returned"  # fit to be sold again
    COUNTED = "counted"  # the difference a stock-taking found


words(
    opening=("期初", "opening"),
    counted=("盘点差异", "counted"),
)
