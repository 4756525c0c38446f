"""What the console builds its back-office pages from: lists, forms, machines and words, as the server defines them.

A list's columns, a command's fields and a state's words are said once, in the rooms; the console's file is
generated from this (`npm run gen`), and a check fails while it is stale.
"""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute

from backoffice import api
from backoffice.kit.duties import ROLE_NAMES
from backoffice.kit.words import WORDS
from backoffice.machines import MACHINES

_PREFIX = "/api/backoffice/"
_LONG = 500
"""From this many characters on a text gets a field of several lines."""


class _Schemas:
    """Fields of the OpenAPI document's schemas, in words of the screen."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._all = document["components"]["schemas"]

    def _plain(self, schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The schema behind references and `| null`; whether null is allowed."""
        null = False
        while True:
            if "$ref" in schema:
                schema = self._all[schema["$ref"].rpartition("/")[2]]
            elif "anyOf" in schema:
                some = [one for one in schema["anyOf"] if one.get("type") != "null"]
                null = null or len(some) < len(schema["anyOf"])
                if len(some) != 1:
                    return {}, null
                schema = some[0]
            else:
                return schema, null

    def fields(self, schema: dict[str, Any]) -> list[dict[str, Any]]:
        schema, _ = self._plain(schema)
        required = set(schema.get("required", ()))
        return [self._field(name, value, name in required) for name, value in schema.get("properties", {}).items()]

    def _field(self, name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
        plain, null = self._plain(schema)
        out: dict[str, Any] = {"name": name, "kind": schema.get("x-kind") or _kind(name, plain)}
        if required and not null:
            out["required"] = True
        if plain.get("enum"):
            out["values"] = plain["enum"]
        for given, ours in (("minimum", "min"), ("exclusiveMinimum", "above"), ("maximum", "max")):
            if given in plain:
                out[ours] = plain[given]
        default = schema.get("default")
        if default not in (None, "", [], {}):
            out["default"] = default
        if plain.get("properties"):
            out |= {"kind": "part", "of": self.fields(plain)}
        if plain.get("type") == "array":
            out |= self._many(plain)
        return out

    def _many(self, schema: dict[str, Any]) -> dict[str, Any]:
        item, _ = self._plain(schema.get("items", {}))
        if item.get("properties"):
            return {"kind": "rows", "of": self.fields(item)}
        if item.get("enum"):
            return {"kind": "words", "values": item["enum"]}
        if item.get("type") == "integer":
            return {"kind": "integers", "most": schema.get("maxItems")}
        return {"kind": "texts" if item.get("type") == "string" else "other"}


def _kind(name: str, schema: dict[str, Any]) -> str:
    if schema.get("enum"):
        return "choice"
    match schema.get("type"), schema.get("format"):
        case "integer", _:
            return "money" if name.endswith("fen") else "integer"
        case "number", _:
            return "number"
        case "boolean", _:
            return "yes"
        case "string", "date":
            return "date"
        case "string", "date-time":
            return "instant"
        case "string", "uuid":
            return "id"
        case "string", _:
            return "long" if schema.get("maxLength", 0) >= _LONG else "text"
        case _:
            return "other"


def _json(operation: dict[str, Any], *way: str) -> dict[str, Any] | None:
    found: Any = operation
    for step in (*way, "content", "application/json", "schema"):
        found = (found or {}).get(step)
    return found if isinstance(found, dict) else None


def _split(path: str, lists: list[str]) -> tuple[str, str]:
    """The noun of a path and what follows it: the longest list that it lies in, else its first part."""
    for noun in lists:
        if path == noun or path.startswith(f"{noun}/"):
            return noun, path[len(noun) + 1 :]
    noun, _, rest = path.partition("/")
    return noun, rest


def _nouns(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    schemas = _Schemas(document)
    paths = {path: ways for path, ways in document["paths"].items() if path.startswith(_PREFIX)}
    where = {route.name: route.path for router in api.ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    nouns: dict[str, dict[str, Any]] = {}
    for listing in sorted(api.LISTINGS, key=lambda one: one.name):
        path = where[f"list_{listing.name}"]
        nouns[path.removeprefix(_PREFIX)] = {
            "word": listing.name,
            "filters": list(listing.filters),
            "search": bool(listing.search),
            "on": listing.on,
            "sort": listing.sort,
            "totals": list(listing.totals),
            "row": next(
                f for f in schemas.fields(_json(paths[path]["get"], "responses", "200") or {}) if f["name"] == "rows"
            )["of"],
        }
    lists = sorted(nouns, key=len, reverse=True)
    for path, ways in sorted(paths.items()):
        noun, rest = _split(path.removeprefix(_PREFIX), lists)
        facts = nouns.setdefault(noun, {})
        post, get = ways.get("post"), ways.get("get")
        body = _json(post, "requestBody") if post else None
        fields = [field for field in schemas.fields(body or {}) if field["name"] != "version"]
        match rest.split("/"):
            case [""] if post:
                facts["make"] = fields
            case [one] if one.startswith("{") and get:
                facts["document"] = schemas.fields(_json(get, "responses", "200") or {})
            case [one] if post and not one.startswith("{"):
                facts.setdefault("runs", {})[one] = fields
            case [one, "print"] if one.startswith("{"):
                facts["print"] = True
            case [one, verb] if one.startswith("{") and post:
                facts.setdefault("commands", {})[verb] = fields
            case _:
                pass
    return {name: facts for name, facts in sorted(nouns.items()) if facts}


def catalogue(document: dict[str, Any]) -> dict[str, Any]:
    """`document` is the OpenAPI document of the whole surface."""
    return {
        "nouns": _nouns(document),
        "machines": {
            machine.name: {
                "states": [str(state) for state in machine.states],
                "moves": [
                    {
                        "command": move.command,
                        "from": [str(state) for state in move.sources],
                        "to": str(move.target),
                        "duties": sorted(move.roles),
                    }
                    for move in machine.moves
                ],
            }
            for machine in MACHINES
        },
        "duties": {role: list(pair) for role, pair in ROLE_NAMES.items()},
        "words": {code: list(pair) for code, pair in sorted(WORDS.items())},
    }
