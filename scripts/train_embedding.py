"""Train what `few_shot` knows of hands: ``handpose/classifiers/few_shot/embeddings.npz``.

Usage: python -m scripts.train_embedding [--only-people]

Beside the networks it notes whose hands they saw (``seen.json``), so that no score on these people
is taken for one on new people; ``--only-people`` writes that file alone.

Needs torch and nothing but data that ships. Small networks learn to put hands of one gesture near
each other and those of other gestures apart: in each round one hand of each of 48 new gestures is
known, and the others are named by the nearest (Snell et al., "Prototypical Networks for Few-shot
Learning", NeurIPS 2017). The gestures are fingers of the shipped digits, recombined.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import handpose as hp
from handpose.containers.seen import SeenHands
from handpose.system.files import replacing
from scripts.recombined_hands import HandParts

EMBEDDINGS = Path(hp.__file__).parent / "classifiers" / "few_shot" / "embeddings.npz"
SEEN = EMBEDDINGS.with_name("seen.json")
DATA = "sign_language_digits"
PRESETS = ("geometry", "coordinates")

NETWORKS, HIDDEN, OUT = 3, 96, 24
"""Three networks that differ by their seed: one alone is a matter of luck."""
ROUNDS, GESTURES, EACH = 2500, 48, 8
LEARNING_RATE, WEIGHT_DECAY = 2e-3, 1e-3


def main() -> None:
    """Train, fold the standardisation into the first layer, write."""
    write_people()
    if "--only-people" in sys.argv:
        return
    torch.set_num_threads(1)
    parts = HandParts(hp.load_dataset(DATA))
    arrays = {}
    for preset in PRESETS:
        networks = [train(parts, preset, seed) for seed in range(NETWORKS)]
        for name, values in zip(
            ("inputs", "biases", "outputs"), zip(*networks, strict=True), strict=True
        ):
            arrays[f"{preset}_{name}"] = np.stack(values).astype(np.float16)
    with replacing(EMBEDDINGS) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
    print(EMBEDDINGS, f"{EMBEDDINGS.stat().st_size / 1000:.0f} kB")


def write_people() -> None:
    """Note digests of the hands and people that the networks are made from."""
    hands, _, subjects = hp.load_dataset(DATA)
    document = {"dataset": DATA, "seen": SeenHands.of(hands, subjects).to_dict()}
    with replacing(SEEN) as temporary:
        temporary.write_text(json.dumps(document), encoding="utf-8")
    print(SEEN, f"{SEEN.stat().st_size / 1000:.0f} kB")


def train(parts: HandParts, preset: str, seed: int) -> tuple[NDArray[np.float64], ...]:
    """Weights (d, HIDDEN), biases (HIDDEN,) and second weights (HIDDEN, OUT) of one network."""
    rng = np.random.default_rng(seed)
    features = hp.LandmarkFeatures(preset)
    vectors = features.fit_transform(parts.recombine(rng, 20 * GESTURES, EACH))
    mean, scale = vectors.mean(0), vectors.std(0) + 1e-3
    torch.manual_seed(seed)
    first, second = nn.Linear(len(mean), HIDDEN), nn.Linear(HIDDEN, OUT, bias=False)
    weights = [*first.parameters(), *second.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=ROUNDS)
    truth = torch.arange(GESTURES).repeat_interleave(EACH - 1)
    right = []
    for _ in range(ROUNDS):
        vectors = features.transform(parts.recombine(rng, GESTURES, EACH))
        placed = second(torch.relu(first(torch.from_numpy((vectors - mean) / scale))))
        placed = placed.reshape(GESTURES, EACH, OUT)
        distances = torch.cdist(placed[:, 1:].reshape(-1, OUT), placed[:, 0]).square()
        loss = nn.functional.cross_entropy(-distances, truth)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        right.append(float((distances.argmin(1) == truth).float().mean()))
    print(f"{preset}, seed {seed}: {np.mean(right[-200:]):.3f} of new gestures named right")
    inputs = first.weight.detach().numpy().T.astype(np.float64) / scale[:, None]
    biases = first.bias.detach().numpy() - mean @ inputs
    return inputs, biases, second.weight.detach().numpy().T


if __name__ == "__main__":
    main()
