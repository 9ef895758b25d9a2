"""How benchmarks measure time: `handpose.bench.timing`, under the name that scripts here know."""

from handpose.bench.timing import (
    BATCH,
    MAX_DISTURBANCE,
    PATIENCE,
    WARM_UP,
    Quiet,
    interleaved,
    quartiles,
)

__all__ = [
    "BATCH",
    "MAX_DISTURBANCE",
    "PATIENCE",
    "WARM_UP",
    "Quiet",
    "interleaved",
    "quartiles",
]
