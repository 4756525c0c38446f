"""Nobody who is not signed in gets past the door, at any endpoint of the whole API."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import Server

OPEN = {("post", "/api/sign-in"), ("get", "/api/about"), ("get", "/healthz"), ("get", "/readyz"), ("get", "/metrics")}


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}) as client:
        yield client


def endpoints(server: Server) -> list[tuple[str, str]]:
    paths = server.app.openapi()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


def test_the_whole_product_is_there(server: Server) -> None:
    found = {path.split("/")[2] for _, path in endpoints(server) if path.startswith("/api/")}
    assert {"sign-in", "me", "users", "audit", "about"} <= found


def test_every_endpoint_but_the_open_ones_asks_who_is_there(server: Server, client: httpx.Client) -> None:
    let_in = []
    for method, path in endpoints(server):
        if (method, path) in OPEN:
            continue
        address = path
        while "{" in address:
            address = address[: address.index("{")] + str(uuid4()) + address[address.index("}") + 1 :]
        answer = client.request(method, address)
        if (answer.status_code, answer.json().get("code")) != (401, "not_signed_in"):
            let_in.append(f"{method.upper()} {path}: {answer.status_code}")
    assert not let_in, let_in


def test_the_open_ones_are_what_this_list_says(server: Server) -> None:
    assert set(endpoints(server)) >= OPEN


def test_no_endpoint_changes_anything_for_a_foreign_page(server: Server, client: httpx.Client) -> None:
    done = []
    for method, path in endpoints(server):
        if method in ("get", "head"):
            continue
        answer = client.request(method, path, headers=server.headers() | {"Origin": "http://evil.example"})
        if (answer.status_code, answer.json().get("code")) != (403, "cross_site"):
            done.append(f"{method.upper()} {path}: {answer.status_code}")
    assert not done, done


def test_every_endpoint_is_described(server: Server) -> None:
    document = server.app.openapi()
    described = {tag["name"]: tag["description"] for tag in document["tags"]}
    bare = [name for name, text in described.items() if text == name]
    assert not bare, f"say in callcenter/edge/openapi.py what these are: {bare}"
    untagged = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if not operation.get("tags")
    ]
    assert not untagged, untagged
