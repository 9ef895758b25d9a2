"""The server of the studio: routes, one socket, uploads, downloads."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from handpose.errors import HandposeError
from handpose.images import IMAGE_SUFFIXES, VIDEO_SUFFIXES
from handpose.studio.frames import MAX_MESSAGE, read_frame
from handpose.studio.guard import Guard
from handpose.studio.report import report, snippet
from handpose.studio.session import Studio

PAGE = Path(__file__).parent / "page"
MAX_JSON = 2**16
MAX_PHOTO = 40 * 2**20
MAX_VIDEO = 300 * 2**20
REPLACED = 4409
"""Close code of the socket of a page that was opened in another window too."""

Handler = Callable[[Request], Awaitable[Response]]


class RequestError(HandposeError, ValueError):
    """A request is too large, or not of the form that the page sends."""


def application(studio: Studio, token: str, port: int) -> Starlette:
    """The ASGI application.

    Parameters
    ----------
    studio : Studio
    token : str
        First part of every path.
    port : int
        At which it will be reached: see `Guard`.
    """
    api = _Api(studio)
    posts = {
        "gestures": lambda given: studio.add_gesture(_text(given, "name")),
        "gestures/remove": lambda given: studio.remove_gesture(_text(given, "name")),
        "motions": lambda given: studio.add_gesture(_text(given, "name"), moving=True),
        "motions/remove": lambda given: studio.remove_gesture(_text(given, "name"), moving=True),
        "samples/remove": lambda given: studio.remove(_texts(given, "paths")),
        "samples/relabel": lambda given: studio.relabel(
            _texts(given, "paths"), _text(given, "label")
        ),
        "undo": lambda given: studio.undo(),
        "train": lambda given: studio.train(),
        "threshold": lambda given: studio.set_min_score(_share(given, "min_score")),
        "unknown/teach": lambda given: studio.teach_unknown(
            _whole(given, "id"), _text(given, "label"), _text(given, "subject")
        ),
    }
    routes = [
        *(Route(f"/api/{path}", api.post(act), methods=["POST"]) for path, act in posts.items()),
        Route("/api/state", _answering(api.state)),
        Route("/api/upload", _answering(api.upload), methods=["POST"]),
        Route("/api/thumbnail", _answering(api.thumbnail)),
        Route("/api/unknown/{number:int}", _answering(api.unknown)),
        Route("/take/{name}.handpose", _answering(api.model)),
        Route("/take/{name}.onnx", _answering(api.onnx)),
        Route("/take/motions/{name}.handpose", _answering(api.motions)),
        Route("/take/motions/{name}.onnx", _answering(api.motions_onnx)),
        Route("/take/report.html", _answering(api.report)),
        Route("/take/snippet.py", _answering(api.snippet)),
        WebSocketRoute("/socket", api.socket),
        Mount("/", StaticFiles(directory=PAGE, html=True)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, token=token, port=port)])


class _Api:
    """What the routes do; all that computes runs in a thread."""

    def __init__(self, studio: Studio):
        self._studio = studio
        self._socket: WebSocket | None = None

    def post(self, act: Callable[[dict[str, Any]], object]) -> Handler:
        """A route that changes something, and answers with the state that follows."""

        async def handle(request: Request) -> Response:
            given = await _json(request)
            await run_in_threadpool(act, given)
            return await self.state(request)

        return _answering(handle)

    async def state(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._studio.state))

    async def upload(self, request: Request) -> Response:
        query = request.query_params
        name = Path(query.get("name", "").replace("\\", "/")).name
        suffix = Path(name).suffix.lower()
        if suffix not in {*IMAGE_SUFFIXES, *VIDEO_SUFFIXES}:
            raise RequestError(f"{name or 'the file'}: not a photo or a video by its name")
        most = MAX_PHOTO if suffix in IMAGE_SUFFIXES else MAX_VIDEO
        with TemporaryDirectory(prefix="handpose-studio-") as folder:
            path = Path(folder) / f"upload{suffix}"
            await _receive(request, path, most, name)
            label, subject = query.get("label", ""), query.get("subject", "")
            try:
                found = await run_in_threadpool(self._studio.upload, path, label, subject)
            except HandposeError as error:
                raise RequestError(str(error).replace(os.fspath(path), name)) from None
        state = await run_in_threadpool(self._studio.state)
        return JSONResponse({"upload": {"name": name, **found}, **state})

    async def thumbnail(self, request: Request) -> Response:
        path = request.query_params.get("path", "")
        picture = await run_in_threadpool(self._studio.thumbnail, path)
        return Response(picture, media_type="image/jpeg")

    async def unknown(self, request: Request) -> Response:
        number = request.path_params["number"]
        picture = await run_in_threadpool(self._studio.unknown_thumbnail, number)
        return Response(picture, media_type="image/jpeg")

    async def model(self, request: Request, *, moving: bool = False) -> Response:
        path = await run_in_threadpool(partial(self._studio.model_file, moving=moving))
        name = f"{request.path_params['name']}.handpose"
        return FileResponse(path, filename=name, media_type="application/zip")

    async def motions(self, request: Request) -> Response:
        return await self.model(request, moving=True)

    async def onnx(self, request: Request, *, moving: bool = False) -> Response:
        content = await run_in_threadpool(partial(self._studio.onnx_file, moving=moving))
        return Response(content, media_type="application/octet-stream")

    async def motions_onnx(self, request: Request) -> Response:
        return await self.onnx(request, moving=True)

    async def report(self, request: Request) -> Response:
        page = await run_in_threadpool(report, self._studio)
        return HTMLResponse(page, headers={"content-disposition": "attachment"})

    async def snippet(self, request: Request) -> Response:
        return PlainTextResponse(snippet(self._studio.root.name))

    async def socket(self, socket: WebSocket) -> None:
        """Answer frame by frame; a page that is opened again takes over."""
        await socket.accept()
        before, self._socket = self._socket, socket
        if before is not None:
            await _close(before)
        gone = (WebSocketDisconnect, KeyError, RuntimeError)  # KeyError: a message that was text
        with suppress(*gone):
            while self._socket is socket:
                message = await socket.receive_bytes()
                await socket.send_text(json.dumps(await run_in_threadpool(self._answer, message)))
        if self._socket is socket:
            self._socket = None

    def _answer(self, message: bytes) -> dict[str, Any]:
        number = None
        try:
            head, jpeg = read_frame(message)
            number = head.id
            return self._studio.frame(head, jpeg)
        except HandposeError as error:
            return {"id": number, "error": str(error)}
        except OSError as error:
            return {"id": number, "error": _of_the_disk(error)}


def _answering(handle: Handler) -> Handler:
    """A route whose errors are JSON with one clear line."""

    async def answer(request: Request) -> Response:
        try:
            return await handle(request)
        except RequestTooLargeError as error:
            return JSONResponse({"error": str(error)}, 413, headers={"connection": "close"})
        except HandposeError as error:
            return JSONResponse({"error": str(error)}, 400)
        except OSError as error:
            return JSONResponse({"error": _of_the_disk(error)}, 507)

    return answer


def _of_the_disk(error: OSError) -> str:
    """One line for an error of the disk: it is full, or the folder may not be written to."""
    return f"{error.filename or 'the folder'}: {error.strerror or error}"


class RequestTooLargeError(RequestError):
    """A request has more bytes than is allowed."""


async def _json(request: Request) -> dict[str, Any]:
    body = b"".join([part async for part in _bounded(request, MAX_JSON, "the request")])
    try:
        given = json.loads(body)
    except ValueError:
        raise RequestError("the request is not JSON") from None
    if not isinstance(given, dict):
        raise RequestError("the request is not a JSON object")
    return given


async def _bounded(request: Request, most: int, what: str) -> Any:
    """The parts of a body, until there are too many bytes."""
    too_large = f"{what} is larger than {most // 2**20 or 1} MB; make it smaller"
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > most:
        raise RequestTooLargeError(too_large)
    got = 0
    async for part in request.stream():
        got += len(part)
        if got > most:
            raise RequestTooLargeError(too_large)
        yield part


async def _receive(request: Request, path: Path, most: int, name: str) -> None:
    with path.open("wb") as file:
        async for part in _bounded(request, most, name):
            await run_in_threadpool(file.write, part)


async def _close(socket: WebSocket) -> None:
    with suppress(RuntimeError):  # it was gone already
        await socket.close(REPLACED, "opened in another window")


def _value(given: dict[str, Any], name: str, kind: Any, what: str) -> Any:
    value = given.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RequestError(f"{name} must be {what}")
    return value


_text = partial(_value, kind=str, what="text")
_whole = partial(_value, kind=int, what="a whole number")


def _share(given: dict[str, Any], name: str) -> float:
    value = _value(given, name, (int, float), "a number")
    if not 0 <= value <= 1:
        raise RequestError(f"{name} must be between 0 and 1")
    return float(value)


def _texts(given: dict[str, Any], name: str) -> list[str]:
    value = _value(given, name, list, "a list of texts")
    if not all(isinstance(text, str) for text in value):
        raise RequestError(f"{name} must be a list of texts")
    return list(value)


def serve(app: Starlette, sock: Any) -> None:
    """Answer requests on a bound socket until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="error",
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE,
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(config).serve(sockets=[sock]))
