"""Render what people show to a door: for each run, a challenge and a sequence of digits.

The mesh, the persons and the studio are those of `render_clips`; every run has another person,
side, background, light and pace, and poses that are a little different. To get the mesh, see
there::

    pip install numpy pillow pygltflib pyvista opencv-contrib-python
    python -m scripts.rendering.render_door package/dist/profiles/generic-hand --out door_clips

`python -m benchmarks.door` shows them to the door: put the folder beside the data sets.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from scripts.rendering.acting import Act, Moment, Performer, add, blend, smoothstep, sway
from scripts.rendering.acts import YAW
from scripts.rendering.hand_mesh import Hand
from scripts.rendering.poses import vary
from scripts.rendering.render_clips import GRAIN, Camera, expose
from scripts.rendering.scene import BACKGROUNDS, grain
from scripts.rendering.studio import SUBJECTS

SEED = 70
RUNS = 20
FPS = 15
CAMERA = Camera(focal=280.0, size=(320, 240), occlusion=False)
CHALLENGE, SEQUENCE = 2, 4
RISE, AWAY, TAIL = 0.4, 0.6, 1.9
"""Seconds that the hand takes into and out of the picture, that it stays away before it shows a
digit again, and that nothing is seen at the end."""
LEVEL, DEEP = 0.0, 0.42
"""Metres below the middle of the picture: where digits are shown, and outside."""


def drawn(rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Return a challenge without repeats in a row, and a sequence of three digits or more."""
    while True:
        challenge = rng.integers(10, size=CHALLENGE).tolist()
        sequence = rng.integers(10, size=SEQUENCE).tolist()
        if len(set(challenge)) == CHALLENGE and len(set(sequence)) >= SEQUENCE - 1:
            return challenge, sequence


def score(digits: list[int], rng: np.random.Generator) -> list[tuple[float, int, float]]:
    """Return (seconds, digit, metres below the middle): what is shown when."""
    hold, change = rng.uniform(0.45, 0.65), rng.uniform(0.4, 0.5)
    time = 0.2
    knots = [(0.0, digits[0], DEEP), (time, digits[0], DEEP)]
    time += RISE
    for number, digit in enumerate(digits):
        knots += [(time, digit, LEVEL), (time + hold, digit, LEVEL)]
        time += hold
        if number + 1 == len(digits):
            break
        if digits[number + 1] == digit:
            knots += [(time + RISE, digit, DEEP), (time + RISE + AWAY, digit, DEEP)]
            time += 2 * RISE + AWAY
        else:
            time += change
    return [*knots, (time + RISE, digits[-1], DEEP), (time + RISE + TAIL, digits[-1], DEEP)]


def act_of(digits: list[int], run: int) -> Act:
    """Return the clip of a run."""
    rng = np.random.default_rng([SEED, run])
    knots = score(digits, rng)
    poses = {digit: vary(digit, rng) for digit in set(digits)}
    times = [time for time, _, _ in knots]
    tilt = rng.uniform(-8, 8)

    def play(t: float) -> list[Moment]:
        k = min(max(int(np.searchsorted(times, t, "right")) - 1, 0), len(knots) - 2)
        (start, now, low), (end, then, high) = knots[k], knots[k + 1]
        share = smoothstep((t - start) / (end - start))
        pose = blend(poses[now], poses[then], share)
        wavering = {f: add(pose[f], sway(t, 10 * run + n, 5)) for n, f in enumerate(pose)}
        yaw = (1 - share) * YAW.get(now, 6.0) + share * YAW.get(then, 6.0)
        below = (1 - share) * low + share * high
        centre = add((0.0, below, 0.42), 0.006 * sway(t, 10 * run + 6))
        turn = add((tilt, 3.0, yaw), 1.8 * sway(t, 10 * run + 7))
        if low == high == DEEP:
            centre = (0.0, DEEP, 0.42)
        return [Moment(wavering, centre, turn, str(now) if now == then else "")]

    performer = Performer(run % len(SUBJECTS), ("Right", "Left")[int(rng.integers(2))], (4, 4))
    light = (float(rng.choice([-0.6, 0.5])), -0.8, -1.0)
    background = BACKGROUNDS[int(rng.integers(len(BACKGROUNDS)))]
    return Act((performer,), times[-1], play, background, int(rng.integers(1000)), light)


def film(hand: Hand, act: Act, run: int, out: Path) -> None:
    """Write the video of a run; where the hand is outside, the wall alone is seen."""
    rng = np.random.default_rng([SEED, run, 1])
    wall = act.background(rng, CAMERA.size)
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter_fourcc(*"mp4v"), FPS, CAMERA.size)
    for frame in range(round(act.seconds * FPS)):
        moments = act.play(frame / FPS)
        outside = moments[0].centre[1] == DEEP
        picture = wall if outside else expose(hand, act, moments, wall, CAMERA)
        image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
        writer.write(np.asarray(grain(image, rng, GRAIN))[..., ::-1])
    writer.release()


def main() -> None:
    """Render the runs, and write down what each shows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("mesh_dir", type=Path, help="folder of right.glb")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--runs", type=int, nargs="+", default=range(RUNS), help="default: all")
    options = parser.parse_args()
    hand = Hand(options.mesh_dir / "right.glb")
    options.out.mkdir(parents=True, exist_ok=True)
    for run in options.runs:
        challenge, sequence = drawn(np.random.default_rng([SEED, run, 2]))
        film(hand, act_of([*challenge, *sequence], run), run, options.out / f"run{run:02}.mp4")
        told = {"challenge": [*map(str, challenge)], "sequence": [*map(str, sequence)]}
        (options.out / f"run{run:02}.json").write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
