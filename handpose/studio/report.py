"""What one takes away: a program that runs as printed, and a report to keep."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

from handpose import __version__
from handpose.studio.advice import advice
from handpose.studio.session import Studio
from handpose.system.words import printable

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;
color:#1b1d22;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse}td,th{padding:.3rem .7rem;border:1px solid #d5d8de;text-align:right}
th{font-weight:600;text-align:left}.right{background:#d8f0e4}.wrong{background:#fbdcd6}
figure{display:inline-block;margin:.3rem;text-align:center;font-size:.8rem}
img{width:120px;height:120px;object-fit:cover;border-radius:10px;display:block}
.caveat{border-left:4px solid #d9822b;padding:.2rem .8rem;background:#fff6e8}
@media (prefers-color-scheme:dark){body{background:#15171c;color:#e8eaee}td,th{border-color:#3a3f4a}
.right{background:#1d4b37}.wrong{background:#5c2a22}.caveat{background:#33290f}}
"""

_SNIPPET = """import handpose as hp

recognizer = hp.load_recognizer(MODEL)
for event in recognizer.events(0):  # a camera, or the name of a video
    if not event.has_ended:
        print(f"{event.started_ms / 1000:.1f} s: {event.gesture}")
"""


def snippet(name: str) -> str:
    """A program that names gestures with the model that was taken away."""
    return _SNIPPET.replace("MODEL", repr(f"{name}.handpose"))


def report(studio: Studio) -> str:
    """A page by itself, with the photos of the mistakes in it.

    Raises
    ------
    DatasetError
        If there is no model.
    """
    found = studio.findings()
    state = studio.state()
    parts = [
        f"<h1>{escape(studio.root.name)}</h1>",
        f"<p>A model of {len(state['model']['labels'])} gestures, made with handpose "
        f"{escape(__version__)}. It names a gesture from a score of "
        f"{state['model']['min_score']:g} on.</p>",
        *(_measured(found, studio) if found else [_UNMEASURED]),
        _gestures(state),
        _advice(advice(studio.album.samples, studio.album.labels)),
    ]
    return printable(
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(studio.root.name)}</title>'
        f"<style>{_STYLE}</style><main>{''.join(parts)}</main></html>"
    )


_UNMEASURED = "<p>Trained before the studio was started: train again to see how good it is.</p>"


def _measured(found: dict[str, Any], studio: Studio) -> list[str]:
    parts = ["<h2>How good it is</h2>", f"<p>{escape(found['headline'])}"]
    if found.get("interval"):
        low, high = found["interval"]
        parts.append(f" With 95 % certainty between {low:.0%} and {high:.0%} of new ones are.")
    parts.append("</p>")
    if found["caveat"]:
        parts.append(f'<p class="caveat">{escape(found["caveat"])}</p>')
    if "matrix" in found:
        parts += [_matrix(found["matrix"]), _worst(found["worst"], studio)]
    return parts


def _matrix(matrix: dict[str, Any]) -> str:
    labels = [escape(label) for label in matrix["labels"]]
    head = "".join(f"<th>{label}</th>" for label in labels)
    rows = "".join(
        f"<tr><th>{label}</th>{''.join(_cell(n, i == j) for j, n in enumerate(counts))}</tr>"
        for i, (label, counts) in enumerate(zip(labels, matrix["counts"], strict=True))
    )
    return (
        f"<h2>What it took for what</h2><table><tr><th>shown \\ named</th>{head}</tr>{rows}</table>"
    )


def _cell(count: int, right: bool) -> str:
    kind = "right" if right else "wrong"
    return f'<td class="{kind}">{count}</td>' if count else "<td></td>"


def _worst(worst: list[dict[str, Any]], studio: Studio) -> str:
    figures = []
    known = {sample.path for sample in studio.album.samples}
    for mistake in worst:
        if mistake["path"] in known:
            picture = base64.b64encode(studio.thumbnail(mistake["path"])).decode()
            words = f"{escape(mistake['truth'])}, taken for {escape(mistake['answer'])}"
            figures.append(
                f'<figure><img alt="{words}" src="data:image/jpeg;base64,{picture}">'
                f"<figcaption>{words}</figcaption></figure>"
            )
    return f"<h2>Its mistakes</h2>{''.join(figures)}" if figures else ""


def _gestures(state: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{escape(card['name'])}</th><td>{card['count']}</td>"
        f"<td>{len(card['by_subject'])}</td><td>{card['variety']:.2f}</td></tr>"
        for card in state["gestures"]
    )
    return (
        "<h2>What it learnt from</h2><table><tr><th>gesture</th><th>pictures</th><th>people</th>"
        f"<th>variety</th></tr>{rows}</table>"
    )


def _advice(lines: list[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>Before you rely on it</h2><ul>{items}</ul>" if lines else ""
