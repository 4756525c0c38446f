"""Prints what the console's types are generated from: `python -m agent_ui.live.export [--openapi | --office]`.

Without an option: JSON Schema of the live protocol, both directions. With `--openapi`: the OpenAPI document
of the whole REST surface. With `--office`: the catalogue of the back office (lists, forms, machines, words).
The same program always prints the same text.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from importlib import import_module
from typing import Any

from fastapi import APIRouter, FastAPI

from agent_ui.live.protocol import json_schema
from backoffice.catalogue import catalogue

_ROOMS = ("callcenter", "campaigns", "crm_sync", "backoffice", "agent_ui")


def openapi() -> dict[str, Any]:
    """The OpenAPI document of every `router.py` of the house, built without a database, a carrier or a clock.

    Found by the house's own convention and not through bootstrap, which lies above this room.
    """
    app = FastAPI(title="callcenter", version="1")
    for room in _ROOMS:
        package = import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if found.name.rpartition(".")[2] != "router":
                continue
            for value in vars(import_module(found.name)).values():
                if isinstance(value, APIRouter):
                    app.include_router(value)
    document: dict[str, Any] = app.openapi()
    return document


def main(arguments: list[str]) -> int:
    if "--office" in arguments:  # in the order of the definitions: it is the order of columns and fields
        sys.stdout.write(json.dumps(catalogue(openapi()), ensure_ascii=False) + "\n")
        return 0
    document = openapi() if "--openapi" in arguments else json_schema()
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
