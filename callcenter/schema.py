"""Every table of the product, imported in one place so that migrations see them all."""

from __future__ import annotations

import importlib
import pkgutil

from callcenter.kit.db import metadata

_ROOMS = ("callcenter", "campaigns", "crm_sync", "backoffice", "agent_ui")


def load() -> None:
    """Import the `models` module of every noun (and the outbox); fills `metadata`."""
    importlib.import_module("callcenter.kit.outbox")
    for room in _ROOMS:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{room}."):
            if module.name.endswith(".models"):
                importlib.import_module(module.name)


__all__ = ["load", "metadata"]
