"""Runtimes that run ``.tflite`` networks; a class each, chosen by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from platform import machine
from threading import Lock
from typing import Any, Protocol
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from handpose.errors import HandposeError, UnknownNameError
from handpose.networks.arithmetic import (
    PrecisionError,
    fastest_precision,
    float_precision,
    limits,
    openvino,
    tried,
)
from handpose.networks.quantization import activation_ranges, quantize
from handpose.networks.resizing import resize, resized_file
from handpose.system.extras import is_installed

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

Colours = tuple[float, float]
"""The input values of a network for black and white."""

HAND_COLOURS: Colours = (0.0, 1.0)


class Network(Protocol):
    """A network in memory. Threads may share it; each call runs alone."""

    @property
    def sides(self) -> tuple[int, ...]:
        """Sides in pixels of the square images that it accepts."""

    def __call__(self, images: Pixels) -> list[Floats]:
        """Outputs, in the order of the file and with n rows each, for images (n, size, size, 3)."""


class RuntimeMissingError(HandposeError, ImportError):
    """An inference runtime is needed and not installed."""


# A forked child can use an inherited network, but freeing it would crash or wait for threads that
# only the parent has. So a child keeps every network that was open at the fork.
_OPEN: WeakSet[Network] = WeakSet()
_INHERITED: list[Network] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _INHERITED.extend(_OPEN))


class LiteRTNetwork:
    """Google's runtime, on every platform."""

    def __init__(
        self,
        path: Path,
        threads: int,
        precision: str,
        batch: int,
        colours: Colours,
        sides: tuple[int, ...],
    ):
        self._lock = Lock()
        self._black = np.float32(colours[0])
        self._step = np.float32((colours[1] - colours[0]) / 255)
        self._path, self._threads = path, threads
        own = _Interpreter(path.read_bytes(), threads)
        self.sides = sides or (own.side,)
        self._interpreters = {own.side: own}
        _OPEN.add(self)

    def __call__(self, images: Pixels) -> list[Floats]:
        # A batch is no faster here than its images one by one, so the input keeps its shape.
        rows = [self._run(image) for image in images]
        return [np.concatenate(output) for output in zip(*rows, strict=True)]

    def _run(self, image: Pixels) -> list[Floats]:
        with self._lock:
            interpreter = self._interpreters.get(len(image)) or self._resized(len(image))
            pixels = interpreter.pixels()
            np.multiply(image, self._step, out=pixels)
            if self._black:
                pixels += self._black
            del pixels  # the interpreter does not run while its memory is referenced
            return interpreter.run()

    def _resized(self, side: int) -> _Interpreter:
        """The network for images of another side, on first use."""
        file = resized_file(self._path.read_bytes(), side)
        self._interpreters[side] = _Interpreter(file, self._threads, side)
        return self._interpreters[side]


class _Interpreter:
    """A ``.tflite`` file in memory, with the places of its input and outputs."""

    def __init__(self, file: bytes, threads: int, side: int | None = None):
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=file, num_threads=threads)
        details = self._interpreter.get_input_details()[0]
        self._input, self.side = details["index"], side or int(details["shape"][1])
        if side is not None:
            self._interpreter.resize_tensor_input(self._input, [1, side, side, 3])
        self._interpreter.allocate_tensors()
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def pixels(self) -> Floats:
        """The input's own memory, shape (side, side, 3)."""
        return np.asarray(self._interpreter.tensor(self._input)()[0])

    def run(self) -> list[Floats]:
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(output) for output in self._outputs]


class OpenVINONetwork:
    """Intel's runtime, the fastest on x86 and ARM processors."""

    def __init__(
        self,
        path: Path,
        threads: int,
        precision: str,
        batch: int,
        colours: Colours,
        sides: tuple[int, ...],
    ):
        self._lock = Lock()
        self._name = f"{path.name} in {precision}"
        self._settings: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": float_precision() if precision == "int8" else precision,
            # With pinning, the threads of several processes share the first cores.
            "ENABLE_CPU_PINNING": False,
        }
        self._model = read_model(path, colours)
        if precision == "int8":
            quantize(self._model, activation_ranges(path.name))
        self.sides = sides or (int(self._model.input(0).shape[1]),)
        self._batches = {1, batch}
        self._requests: dict[tuple[int, ...], _Request] = {}
        if len(self.sides) == 1:
            for n in self._batches:
                self._compile(n, self.sides[0])
        _OPEN.add(self)

    def __call__(self, images: Pixels) -> list[Floats]:
        if len(images) in self._batches:
            return self._run(images)
        rows = [self._run(image[None]) for image in images]
        return [np.concatenate(output) for output in zip(*rows, strict=True)]

    def _run(self, images: Pixels) -> list[Floats]:
        with self._lock:
            request = self._requests.get(images.shape[:2]) or self._compile(*images.shape[:2])
            return request(images)

    def _compile(self, count: int, side: int) -> _Request:
        """Compile the network for a number of images and their side, on first use."""
        if side == self._model.input(0).shape[1]:
            self._model.reshape([count, side, side, 3])
        else:
            resize(self._model, side)
        try:
            compiled = openvino().Core().compile_model(self._model, "CPU", self._settings)
        except RuntimeError as error:
            raise PrecisionError(
                f"OpenVINO cannot run {self._name} on this machine{limits()}: "
                "use precision='f32' or runtime='litert'"
            ) from error
        self._requests[count, side] = _Request(compiled.create_infer_request())
        return self._requests[count, side]


class _Request:
    """A network compiled for one input shape, with its input and output memory."""

    def __init__(self, request: Any):
        self._request = request
        self._input = request.input_tensors[0].data
        self._outputs = [tensor.data for tensor in request.output_tensors]

    def __call__(self, images: Pixels) -> list[Floats]:
        self._input[:] = images
        self._request.infer(share_outputs=True)  # the copies below are the only ones
        return [output.copy() for output in self._outputs]


def read_model(path: Path, colours: Colours = HAND_COLOURS) -> Any:
    """An OpenVINO model that takes bytes and scales them itself, which is 10 % faster."""
    model = openvino().Core().read_model(path)
    black, white = colours
    step = 255 / (white - black)
    preprocess = import_module("openvino.preprocess").PrePostProcessor(model)
    preprocess.input().tensor().set_element_type(openvino().Type.u8)
    steps = preprocess.input().preprocess().convert_element_type(openvino().Type.f32)
    if black:
        steps = steps.mean(-black * step)
    steps.scale(step)
    return preprocess.build()


RUNTIMES: dict[str, tuple[str, Callable[..., Network]]] = {
    "openvino": ("openvino", OpenVINONetwork),
    "litert": ("ai_edge_litert", LiteRTNetwork),
}
"""Name to required package and class, the fastest first."""

PRECISIONS = {"openvino": ("int8", "bf16", "f32"), "litert": ("f32",)}
"""Precisions of each runtime, the fastest first if the processor supports it."""


RUNTIME_VARIABLE, PRECISION_VARIABLE = "HANDPOSE_RUNTIME", "HANDPOSE_PRECISION"
"""Environment variables that replace ``"auto"``; the precision is that of OpenVINO."""


def choose_runtime(name: str) -> str:
    """The runtime of a name: ``"auto"`` is that of the environment, or the first that runs.

    Raises
    ------
    UnknownNameError
        If there is no such runtime.
    RuntimeMissingError
        If its package is not installed.
    """
    name = _said(name, RUNTIME_VARIABLE, "runtime", RUNTIMES)
    installed = [runtime for runtime in RUNTIMES if is_installed(RUNTIMES[runtime][0])]
    if name in installed:
        return name
    for runtime in installed if name == "auto" else []:
        if runtime != "openvino" or fastest_precision() is not None:
            return runtime
    wanted = RUNTIMES if name == "auto" else [name]
    packages = " or ".join(
        RUNTIMES[runtime][0].replace("_", "-") for runtime in wanted if runtime not in installed
    )
    remedy = f"pip install {packages}"
    if (sys.platform, machine()) == ("win32", "ARM64"):
        remedy = f"Windows on ARM has no {packages}; use a Python for x86-64, which runs there too"
    raise RuntimeMissingError(f"runtime {name!r} is not installed: {remedy}")


def choose_precision(name: str, runtime: str) -> str:
    """The precision of a name: ``"auto"`` is that of the environment, or the fastest exact one.

    Raises
    ------
    UnknownNameError
        If the runtime has no such precision.
    PrecisionError
        If the runtime cannot compute in it on this machine.
    """
    variable = PRECISION_VARIABLE if runtime == "openvino" else ""
    name = _said(name, variable, f"precision of {runtime}", PRECISIONS[runtime])
    if runtime != "openvino":
        return "f32"
    if name == "auto":
        fastest = fastest_precision()
        if fastest is None:
            raise PrecisionError(
                f"OpenVINO cannot run on this machine{limits()}: use runtime='litert'"
            )
        return fastest
    if tried(name) == "fails":
        known = [precision for precision in PRECISIONS[runtime] if tried(precision) != "fails"]
        remedy = f"precision={' or '.join(map(repr, known))}" if known else "runtime='litert'"
        raise PrecisionError(
            f"OpenVINO cannot compute in {name} on this machine{limits()}: use {remedy}"
        )
    return name


def _said(name: str, variable: str, kind: str, known: Iterable[str]) -> str:
    """The name, or for ``"auto"`` the value of an environment variable; checked."""
    if name == "auto" and os.environ.get(variable):
        kind, name = variable, os.environ[variable]
    if name != "auto" and name not in known:
        raise UnknownNameError(kind, name, ["auto", *known])
    return name


def open_network(
    path: Path,
    runtime: str,
    threads: int,
    precision: str,
    batch: int = 1,
    colours: Colours = HAND_COLOURS,
    sides: tuple[int, ...] = (),
) -> Network:
    """Load a network.

    Parameters
    ----------
    path : Path
        A ``.tflite`` file.
    runtime : str
        A key of `RUNTIMES`.
    threads : int
    precision : str
        One of the runtime's `PRECISIONS`.
    batch : int
        Number of images that often come together.
    colours : (float, float)
        The input values for black and white.
    sides : tuple of int, optional
        Wanted sides of the images in pixels, if runtime and network support others than their
        own; see `Network.sides`. Only for a `batch` of 1.
    """
    return RUNTIMES[runtime][1](path, threads, precision, batch, colours, sides)
