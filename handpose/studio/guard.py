"""Who may speak to the server: the page that it served itself, and nobody else.

Any page in any browser on this machine can send requests to 127.0.0.1. What keeps them out: the
server listens on the loopback address only; its address holds a random token; ``Host`` must be its
own, so that no foreign name can be pointed at it (DNS rebinding); and what carries an ``Origin`` of
another page is refused, sockets too, which know no other rule between origins.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
REFUSED = 4403
"""Close code of a socket that may not be opened."""

_SAFE_METHODS = ("GET", "HEAD")
_OWN_SITES = ("same-origin", "none")


def own_hosts(port: int) -> set[str]:
    """The values of ``Host`` that mean this server."""
    return {f"{host}:{port}" for host in HOSTS}


def policy(port: int) -> str:
    """The Content-Security-Policy: everything comes from here, and nothing goes elsewhere."""
    sockets = " ".join(f"ws://{host}" for host in sorted(own_hosts(port)))
    return (
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        f"connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


class Guard:
    """Middleware that checks token, ``Host`` and ``Origin``, and adds headers to every answer.

    Parameters
    ----------
    app : ASGI application
        Sees paths without the token.
    token : str
        First part of the path.
    port : int
    """

    def __init__(self, app: ASGIApp, token: str, port: int):
        self._app, self._token, self._port = app, token, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await _refuse(refusal, scope, receive, send)
            return
        prefix = f"/{self._token}"
        inner = dict(scope, path=scope["path"].removeprefix(prefix) or "/", root_path="")
        await self._app(inner, receive, self._with_headers(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        hosts = own_hosts(self._port)
        if headers.get("host", "") not in hosts:
            return 403, "this server answers to its own address only"
        origin = headers.get("origin")
        foreign = origin is not None and origin not in {f"http://{host}" for host in hosts}
        missing = origin is None and (
            scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        )
        if foreign or missing or headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            return 403, "this server answers to its own page only"
        given = scope["path"].split("/")[1] if "/" in scope["path"] else ""
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return 404, "not found; open the whole address that handpose studio has printed"
        return None

    def _with_headers(self, send: Send) -> Send:
        added = {
            "content-security-policy": policy(self._port),
            "cross-origin-resource-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        pairs = [(name.encode(), value.encode()) for name, value in added.items()]

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [p for p in message.get("headers", []) if p[0].decode() not in added]
                changed: MutableMapping[str, Any] = {**message, "headers": [*kept, *pairs]}
                message = changed
            await send(message)

        return send_with


async def _refuse(refusal: tuple[int, str], scope: Scope, receive: Receive, send: Send) -> None:
    status, reason = refusal
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": REFUSED, "reason": reason})
        return
    await PlainTextResponse(reason, status)(scope, receive, send)
