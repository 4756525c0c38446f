"""The built console (agent_ui/web/dist): one page for every address that is not the API's."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from callcenter.edge.errors import ConsoleMissing

DIST = Path(__file__).resolve().parents[2] / "agent_ui" / "web" / "dist"
_RESERVED = ("/api", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")
_FOR_EVER = "public, max-age=31536000, immutable"
"""Names under assets/ hold a hash of their content: another content has another name."""

_MISSING = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>工作台尚未构建 · Console not built</title></head>
<body><main><h1>工作台尚未构建 · Console not built</h1><p lang="zh-CN">{zh}</p><p lang="en">{en}</p>
<p><a href="/docs">API</a> · <a href="/healthz">/healthz</a> · <a href="/readyz">/readyz</a></p></main></body></html>
"""


class ConsoleRoute(Route):
    """Last of all routes: takes GET of every address that is nobody else's."""

    def __init__(self, dist: Path) -> None:
        self._dist = dist.resolve()
        super().__init__("/{path:path}", self._serve, methods=["GET"], name="console", include_in_schema=False)
        self.path_format = "console"  # one line in the metrics, whatever is asked for

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = scope.get("path", "")
        if any(path == reserved or path.startswith(reserved + "/") for reserved in _RESERVED):
            return Match.NONE, {}
        match, child = super().matches(scope)
        return match, {**child, "route": self}

    async def _serve(self, request: Request) -> Response:
        index = self._dist / "index.html"
        if not index.is_file():
            missing = ConsoleMissing()
            page = _MISSING.format(zh=missing.sentence("zh"), en=missing.sentence("en"))
            return HTMLResponse(page, status_code=missing.status)
        path: str = request.path_params["path"]
        wanted = self._file(path)
        if wanted is not None:
            cache = _FOR_EVER if path.startswith("assets/") else "no-cache"
            return FileResponse(wanted, headers={"cache-control": cache})
        if path.startswith("assets/"):
            # An old page asks for a file of an old build: index.html instead would be taken for a script.
            return Response("gone", status_code=404, media_type="text/plain")
        return FileResponse(index, headers={"cache-control": "no-cache"})

    def _file(self, path: str) -> Path | None:
        """The file of the build at `path`, when there is one and it lies inside."""
        if not path or "\x00" in path:
            return None
        found = (self._dist / path).resolve()
        return found if found.is_relative_to(self._dist) and found.is_file() else None
