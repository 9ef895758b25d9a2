"""``handpose studio``."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from handpose.cli.console import err, out
from handpose.cli.extractors import EffortOption, MinConfidenceOption, extractor_options
from handpose.cli.sources import ExtractorOption
from handpose.errors import OptionError
from handpose.extractors import DEFAULT_EXTRACTOR, make_extractor
from handpose.system.extras import require

HOST = "127.0.0.1"
DEFAULT_PORT = 8765


def studio(
    data: Annotated[
        Path, typer.Option("--data", metavar="DIR", help="Folder of your data set.")
    ] = Path("gestures"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")
    ] = DEFAULT_PORT,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
) -> None:
    """Teach gestures of your own in a web page, on this machine.

    Collect samples with a camera, train, try, and take the model away. The page is reached from
    this machine only, and nothing leaves it. The pictures lie in DIR, as `handpose collect` writes
    them; stop with Ctrl-C, and start again to go on.
    """
    for package in ("starlette", "uvicorn", "websockets"):
        require(package, "handpose studio", "studio")
    from handpose.studio.server import application, serve
    from handpose.studio.session import Studio

    options = extractor_options(1, effort, min_confidence)
    with _bound(port) as sock, Studio(data, partial(make_extractor, extractor, **options)) as made:
        port = sock.getsockname()[1]
        token = secrets.token_urlsafe(16)
        address = f"http://{HOST}:{port}/{token}/"
        out.print(f"handpose studio: {address}")
        err.print(f"pictures: {data.resolve()} · stop with Ctrl-C")
        threading.Thread(target=made.open, daemon=True).start()
        if browser:
            webbrowser.open(address)
        serve(application(made, token, port), sock)


def _bound(port: int) -> Any:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen()  # a browser that is faster than the server waits
    except OSError as error:
        sock.close()
        raise OptionError(
            f"port {port} cannot be used ({error.strerror}); name another one, or --port 0"
        ) from None
    return sock
