import pytest

import handpose as hp
from handpose.classifiers.searched.graph import EDGES, fixed_weights, parse_graph, strongest

GRAPH = ("hand -> a: graph", "a -> b: attention", "hand -> c: skip", "b -> c: dense")


def test_a_graph_is_read():
    assert parse_graph(GRAPH) == [
        ((0, 1), "graph"),
        ((1, 2), "attention"),
        ((0, 3), "skip"),
        ((2, 3), "dense"),
    ]


def test_every_operation_of_a_graph_counts_once():
    assert fixed_weights(GRAPH)[1, 2] == {"attention": 1.0}
    assert list(fixed_weights(GRAPH)) == [edge for edge, _ in parse_graph(GRAPH)]


def test_the_strongest_operation_of_an_edge_and_two_edges_of_a_node_are_left():
    weights = {edge: {"dense": 0.5, "graph": 0.2, "skip": 0.3} for edge in EDGES}
    weights[0, 1] = {"dense": 0.1, "graph": 0.8, "skip": 0.1}
    weights[1, 3] = {"dense": 0.35, "graph": 0.3, "skip": 0.35}
    assert strongest(weights) == (
        "hand -> a: graph",
        "hand -> b: dense",
        "a -> b: dense",
        "hand -> c: dense",
        "b -> c: dense",
    )


def test_what_is_left_can_be_read():
    weights = {edge: {"gated": 1.0} for edge in EDGES}
    assert len(parse_graph(strongest(weights))) == 5


@pytest.mark.parametrize(
    ("edge", "message"),
    [
        ("hand -> a: magic", "unknown operation of a graph 'magic'"),
        ("nonsense", "unknown operation of a graph 'nonsense'"),
        ("foot -> a: dense", "unknown node of a graph 'foot'"),
        ("b -> a: dense", "unknown edge of a graph 'b -> a'"),
        ("a -> a: dense", "unknown edge"),
    ],
)
def test_what_is_no_edge_is_refused(edge, message):
    with pytest.raises(hp.UnknownNameError, match=message):
        parse_graph([*GRAPH, edge])


@pytest.mark.parametrize("graph", [5, None, "hand -> a: dense", [1], [("hand", "a")]])
def test_what_is_no_list_of_edges_is_refused(graph):
    with pytest.raises(hp.UnknownNameError, match=r"unknown graph .*a list of edges"):
        parse_graph(graph)


def test_a_node_into_which_nothing_leads_is_refused():
    with pytest.raises(hp.UnknownNameError, match=r"known: \.\.\. -> b"):
        parse_graph([GRAPH[0], *GRAPH[2:]])
