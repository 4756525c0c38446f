"""Twilio's own published description of its API, as a judge of requests (and of the fake's replies).

It is in the npm package @twilio/cli-core, which `npm ci` in tests/telephony-specs installs; it is not part of this
repository. Unknown fields, wrong types, values outside an enum and wrong formats are faults.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.etree import ElementTree

import httpx
import jsonschema_rs
import orjson
import pytest

FOLDER = Path(__file__).parents[2] / "telephony-specs"
FILE = FOLDER / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"

# In the text of the description, not in its schema.
_CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
_MORE: dict[str, list[str]] = {
    "StatusCallbackEvent": _CALL_EVENTS,
    "ConferenceStatusCallbackEvent": [
        "start",
        "end",
        "join",
        "leave",
        "mute",
        "hold",
        "modify",
        "speaker",
        "announcement",
    ],
    "MachineDetection": ["Enable", "DetectMessageEnd"],
    "AsyncAmd": ["true", "false"],
    "RecordingChannels": ["mono", "dual"],
    "Beep": ["true", "false", "onEnter", "onExit"],
    "JitterBufferSize": ["off", "small", "medium", "large"],
}


def _is_endpoint(text: str) -> bool:
    return re.fullmatch(r"\+[1-9]\d{6,14}|sips?:[^\s@]+@[^\s@]+|client:[\w.-]+", text) is not None


def _is_twiml(text: str) -> bool:
    try:
        return len(text) <= 4000 and ElementTree.fromstring(text).tag == "Response"
    except ElementTree.ParseError:
        return False


def _is_rfc2822(text: str) -> bool:
    return re.fullmatch(r"\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000", text) is not None


_FORMATS = {
    "endpoint": _is_endpoint,
    "phone-number": _is_endpoint,
    "twiml": _is_twiml,
    "date-time-rfc-2822": _is_rfc2822,
}


class OpenApi:
    def __init__(self, file: Path) -> None:
        self._document: dict[str, Any] = orjson.loads(file.read_bytes())
        self._paths = [(self._pattern(path), path) for path in self._document["paths"]]

    @staticmethod
    def _pattern(path: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path)))

    def _operation(self, request: httpx.Request) -> tuple[dict[str, Any], dict[str, str]]:
        path = unquote(request.url.path)
        for pattern, template in self._paths:
            found = pattern.fullmatch(path)
            operation = self._document["paths"][template].get(request.method.lower())
            if found is not None and operation is not None:
                return operation, found.groupdict()
        raise AssertionError(f"Twilio has no {request.method} {path}")

    def check(self, request: httpx.Request) -> str:
        """AssertionError that says what is wrong with a request; the operation's name when nothing is."""
        operation, in_path = self._operation(request)
        parameters = operation.get("parameters", [])
        query = {name: values[-1] for name, values in parse_qs(request.url.query.decode()).items()}
        for where, given in (("path", in_path), ("query", query)):
            known = {one["name"]: one["schema"] for one in parameters if one["in"] == where}
            self._judge({"properties": known}, given, f"{operation['operationId']} {where}")
        body = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded")
        if request.method == "POST":
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            assert body is not None
            given_fields = parse_qs(request.content.decode(), keep_blank_values=True, strict_parsing=True)
            self._judge(body["schema"], given_fields, operation["operationId"])
        else:
            assert not request.content
        return str(operation["operationId"])

    def _judge(self, schema: dict[str, Any], given: dict[str, Any], name: str) -> None:
        properties = {}
        for field, one in schema["properties"].items():
            properties[field] = dict(one)
            if field in _MORE and one.get("type") == "array":
                properties[field] = one | {"items": one["items"] | {"enum": _MORE[field]}}
            elif field in _MORE:
                properties[field] = one | {"enum": _MORE[field]}
            if field == "WaitUrl":
                # The empty address is Twilio's own word for "no music" and not a URI.
                properties[field] = {"anyOf": [one, {"const": ""}]}
        whole = {
            "type": "object",
            "properties": properties,
            "required": schema.get("required", []),
            "additionalProperties": False,
            "components": self._document["components"],
        }
        values = {field: _typed(properties.get(field, {}), value) for field, value in given.items()}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=_FORMATS)
        faults = [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(values)]
        assert not faults, f"{name}: {faults}"

    def check_reply(self, schema: str, body: dict[str, Any]) -> None:
        """The same for what the fake answers: a fake that invents fields proves nothing."""
        known = self._document["components"]["schemas"][schema]
        self._judge({"properties": known["properties"]}, {k: v for k, v in body.items() if v is not None}, schema)


def _typed(schema: dict[str, Any], value: Any) -> Any:
    """A form's text as the type that the field has; what cannot be read stays text, and is found wrong."""
    if schema.get("type") == "array":
        return value
    if isinstance(value, list):
        if len(value) > 1:
            return value
        value = value[0]
    match schema.get("type"):
        case "integer" if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        case "boolean" if value in ("true", "false"):
            return value == "true"
    return value


@cache
def openapi() -> OpenApi | None:
    return OpenApi(FILE) if FILE.is_file() else None


def required_openapi() -> OpenApi:
    """The judge; skips (or, with REQUIRE_SPECS=1, fails) where it is not installed."""
    found = openapi()
    if found is None:
        why = "Twilio's OpenAPI is not installed: run `npm ci` in tests/telephony-specs"
        if os.environ.get("REQUIRE_SPECS") == "1":
            pytest.fail(why)
        pytest.skip(why)
    return found
