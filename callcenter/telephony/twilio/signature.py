"""Who may speak to the webhooks: Twilio, who signs each request with the account's auth token."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

HEADER = "x-twilio-signature"

Form = ImmutableMultiDict[str, str]


def read_form(body: bytes) -> Form:
    """The fields of a webhook, empty ones too (they are signed). Raises ValueError when it is no form."""
    return ImmutableMultiDict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))


class _Repeated(dict[str, list[str]]):
    """Fields as the validator reads them: a name may come more than once."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def is_genuine(auth_token: str, public_url: str, path_and_query: str, form: Form, signature: str | None) -> bool:
    """Whether Twilio signed this request to `path_and_query` of our public address.

    The host is the configured one: what the request says of it can be set by whoever sends it, and is rewritten by
    proxies.
    """
    if not signature:  # the validator itself would raise
        return False
    fields = _Repeated({name: form.getlist(name) for name in form})
    return bool(RequestValidator(auth_token).validate(public_url.rstrip("/") + path_and_query, fields, signature))
