"""Architectures of small networks for landmarks, as text and as arrays.

A graph is a list of edges such as ``"hand -> a: graph"``: the operation ``graph`` leads from node
``hand`` to node ``a``. A node is the normalised sum of its incoming edges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.searched.operations import OPERATIONS
from handpose.errors import UnknownNameError

NODES = ("hand", "a", "b", "c")
"""The input, mapped to the landmarks by a layer; then the nodes in order. The logits are a linear
function of the sum of ``a`` to ``c``."""

KEPT = 2
"""Most edges that lead to a node in a finished graph."""

Edge = tuple[int, int]

EDGES: tuple[Edge, ...] = tuple(combinations(range(len(NODES)), 2))
"""Every edge from a node to a later one."""


def parse_graph(graph: Sequence[str]) -> list[tuple[Edge, str]]:
    """Edges and their operations.

    Raises
    ------
    UnknownNameError
        If an edge is not of the form ``"hand -> a: dense"``, with known nodes and operations.
    """
    if not isinstance(graph, list | tuple) or not all(isinstance(text, str) for text in graph):
        raise UnknownNameError("graph", graph, ("a list of edges such as 'hand -> a: dense'",))
    parsed = [_parse_edge(text) for text in graph]
    for node in range(1, len(NODES)):
        if not any(target == node for (_, target), _ in parsed):
            raise UnknownNameError("graph", "; ".join(graph), (f"... -> {NODES[node]}: ...",))
    return parsed


def fixed_weights(graph: Sequence[str]) -> dict[Edge, dict[str, float]]:
    """The edges of a graph, every operation with weight 1."""
    return {edge: {operation: 1.0} for edge, operation in parse_graph(graph)}


def graph_codes(graph: Sequence[str]) -> NDArray[np.int32]:
    """A graph as numbers, shape (edges, 3): source, target and operation of each edge."""
    operations = list(OPERATIONS)
    return np.array(
        [[a, b, operations.index(operation)] for (a, b), operation in parse_graph(graph)], np.int32
    )


def graph_of_codes(codes: NDArray[np.integer]) -> tuple[str, ...]:
    """The inverse of `graph_codes`.

    Raises
    ------
    ValueError
        If there is no such node or operation.
    """
    operations = list(OPERATIONS)
    if (codes >= [len(NODES), len(NODES), len(operations)]).any():
        raise ValueError("graph has a node or an operation that does not exist")
    return tuple(f"{NODES[a]} -> {NODES[b]}: {operations[o]}" for a, b, o in codes.tolist())


def strongest(weights: Mapping[Edge, Mapping[str, float]]) -> tuple[str, ...]:
    """The strongest operation of every edge, and of every node the two strongest edges."""
    best = {edge: max(chances, key=lambda name: chances[name]) for edge, chances in weights.items()}
    kept: list[Edge] = []
    for node in range(1, len(NODES)):
        incoming = [edge for edge in weights if edge[1] == node]
        incoming.sort(key=lambda edge: -weights[edge][best[edge]])
        kept += sorted(incoming[:KEPT])
    return tuple(f"{NODES[a]} -> {NODES[b]}: {best[a, b]}" for a, b in kept)


def _parse_edge(text: str) -> tuple[Edge, str]:
    ends, _, operation = text.partition(": ")
    source, _, target = ends.partition(" -> ")
    if operation not in OPERATIONS:
        raise UnknownNameError("operation of a graph", operation or text, OPERATIONS)
    for node in (source, target):
        if node not in NODES:
            raise UnknownNameError("node of a graph", node, NODES)
    edge = NODES.index(source), NODES.index(target)
    if edge not in EDGES:
        raise UnknownNameError(
            "edge of a graph", ends, (f"{NODES[a]} -> {NODES[b]}" for a, b in EDGES)
        )
    return edge, operation
