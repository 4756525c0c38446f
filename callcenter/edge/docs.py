"""/docs: the API's documentation in the browser, from files on this machine (no content network is asked)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>callcenter API</title>
<link rel="stylesheet" href="/docs/static/swagger-ui.css"></head>
<body><div id="docs"></div><noscript><a href="/openapi.json">/openapi.json</a></noscript>
<script src="/docs/static/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>
"""
# A file of its own: the content policy allows no script inside a page.
_START = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true,
  defaultModelsExpandDepth: 0, docExpansion: "none", filter: true, tryItOutEnabled: true});
"""


def install(app: FastAPI) -> None:
    """Serve /docs. The viewer's files come from a package that carries them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def page() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(_START, media_type="text/javascript")

    app.include_router(router)
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package fastapi-offline is missing: it carries the files of /docs")
    app.mount("/docs/static", StaticFiles(directory=Path(spec.origin).parent / "static"), name="docs-static")
