"""The ten digits of the Sign Language Digits data set as joint angles.

The angles of the closed fingers and of the thumb came from a least-squares fit: the tips that touch
should meet, a capsule around every bone should not enter another's, and no joint should leave its
range of motion.
"""

import numpy as np

# Degrees away from the rest pose. Thumb: flexion, spread and twist of the CMC joint, flexion of
# MCP and IP. Fingers: flexion of the metacarpal, spread of the MCP, flexion of MCP, PIP and DIP.
POSES = {
    0: {
        "thumb": (38, 30, 53, 8, 0),
        "index": (0, -10, 62, 34, 21),
        "middle": (0, 0, 61, 55, 34),
        "ring": (9, 5, 53, 45, 28),
        "pinky": (16, 14, 47, 44, 31),
    },
    1: {
        "thumb": (28, 20, 22, 33, 42),
        "index": (0, 0, 0, 4, 3),
        "middle": (0, 2, 70, 95, 58),
        "ring": (3, 8, 82, 100, 58),
        "pinky": (8, 14, 82, 100, 58),
    },
    2: {
        "thumb": (38, 29, 17, 34, 37),
        "index": (0, 9, 0, 4, 3),
        "middle": (0, -6, 0, 4, 3),
        "ring": (2, 8, 69, 96, 58),
        "pinky": (8, 14, 82, 100, 58),
    },
    3: {
        "thumb": (-6, 0, 0, -5, -3),
        "index": (0, 9, 0, 4, 3),
        "middle": (0, -4, 0, 4, 3),
        "ring": (3, 8, 82, 100, 58),
        "pinky": (8, 14, 82, 100, 58),
    },
    4: {
        "thumb": (48, 14, 22, 62, 48),
        "index": (0, 6, 0, 4, 3),
        "middle": (0, 1, 0, 4, 3),
        "ring": (0, -2, 0, 4, 3),
        "pinky": (0, -5, 2, 5, 4),
    },
    5: {
        "thumb": (-6, 2, 0, -3, -3),
        "index": (0, 7, -2, 3, 2),
        "middle": (0, 1, -2, 3, 2),
        "ring": (0, -2, -2, 4, 2),
        "pinky": (0, -6, -2, 5, 3),
    },
    6: {
        "thumb": (48, 55, 35, 13, 16),
        "index": (0, 6, 0, 4, 3),
        "middle": (0, 2, 0, 4, 3),
        "ring": (3, 0, 8, 8, 4),
        "pinky": (11, 13, 43, 41, 19),
    },
    7: {
        "thumb": (46, 46, 34, 8, 6),
        "index": (0, 6, 0, 4, 3),
        "middle": (0, 2, 2, 4, 3),
        "ring": (6, 4, 56, 44, 17),
        "pinky": (2, -6, 8, 8, 4),
    },
    8: {
        "thumb": (43, 34, 29, 8, 4),
        "index": (0, 7, 4, 5, 3),
        "middle": (0, -1, 60, 45, 19),
        "ring": (0, -2, 4, 6, 3),
        "pinky": (0, -6, 2, 6, 4),
    },
    9: {
        "thumb": (36, 23, 22, 6, 6),
        "index": (0, -3, 51, 48, 25),
        "middle": (0, 2, 3, 5, 3),
        "ring": (0, -2, 2, 6, 3),
        "pinky": (0, -6, 2, 6, 4),
    },
}
# The finger that meets the thumb: it moves little, or the two would part.
TOUCHES = {0: "index", 6: "pinky", 7: "ring", 8: "middle", 9: "index"}


def vary(digit: int, rng: np.random.Generator) -> dict[str, tuple[float, ...]]:
    """Return the angles of a digit, a little different each time.

    Parameters
    ----------
    digit : int
        0 to 9.
    rng : numpy.random.Generator

    Returns
    -------
    dict
        Finger to its five angles (see `Hand.place_joints`).
    """
    varied = {}
    for finger, angles in POSES[digit].items():
        held = digit == 0 or finger in ("thumb", TOUCHES.get(digit))
        changed = np.array(angles) + rng.uniform(-1, 1, 5) * (1.0 if held else 3.0)
        varied[finger] = tuple(changed.tolist())
    return varied
