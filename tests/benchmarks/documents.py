"""Documents as the benchmark writes them, with numbers that a test chooses."""

from __future__ import annotations

DEFAULT, MLP = "svm, geometry", "mlp, geometry"
FROZEN, TUNED = "EfficientNet-lite0, frozen", "EfficientNet-lite0, fine-tuned"


def score(contender, accuracy, **more):
    side = "pixels" if contender.startswith("EfficientNet") else "keypoints"
    classifier, _, features = contender.partition(", ")
    wrong = round(1000 * (1 - accuracy))
    return {
        "contender": contender,
        "side": side,
        "classifier": classifier,
        "features": features,
        "accuracy": accuracy,
        "low": accuracy - 0.01,
        "high": min(accuracy + 0.01, 1.0),
        "wrong": wrong,
        "missed": 0,
        "named_wrong": wrong,
        "photos": 1000,
        "fit_seconds": 12.3456,
    } | more


def part(question, **tables):
    return {
        "question": question,
        "seconds": 12.0,
        "exact": True,
        "tables": {n: {"caption": f"About {n}", "rows": rows} for n, rows in tables.items()},
        "notes": ["Beware."],
    }


def pair(ours, theirs, **more):
    """Keypoints against pixels: differences above a hundredth are sure."""
    return {
        "chosen": "default",
        "keypoints": DEFAULT,
        "pixels": TUNED,
        "difference": ours - theirs,
        "low": ours - theirs - 0.005,
        "high": ours - theirs + 0.005,
        "mcnemar_p": 0.0001,
        "sign_flip_p": 0.0123 if abs(ours - theirs) > 0.01 else 0.3,
    } | more


def document(
    digits=(0.998, 0.97), elsewhere=(0.98, 0.6), wild=(0.8, 0.9), ms=(10.0, 8.0), rivals=0.2
):
    """Keypoints first, pixels second, in four respects."""
    hard = score(DEFAULT, wild[0])
    hard |= {"missed": hard["wrong"] - 10, "named_wrong": 10}
    scores = [score(DEFAULT, digits[0]), score(MLP, 0.99), score(TUNED, digits[1])]
    few = [
        {
            "contender": contender,
            "side": "pixels" if contender == TUNED else "keypoints",
            "samples": samples,
            "photos_per_gesture": photos,
            "mean": mean,
            "std": 0.01,
            "min": mean - 0.02,
            "max": mean + 0.01,
            "draws": 3,
        }
        for contender, means in ((DEFAULT, (0.9, 0.98, 0.985)), (TUNED, (0.2, 0.6, 0.97)))
        for samples, photos, mean in zip(("1", "10", "all"), (1, 10, 165), means, strict=True)
    ]
    times = [
        {"recogniser": "native + svm", "side": "keypoints", "p50_ms": ms[0], "p99_ms": 20.0},
        {"recogniser": TUNED, "side": "pixels", "p50_ms": ms[1]},
    ]
    return {
        "handpose": "0.1.0",
        "date": "2026-01-01T00:00:00+00:00",
        "machine": {"processor": "a processor", "cores": 2},
        "versions": {"numpy": "2.0", "torch": None},
        "settings": {"quick": False, "seed": 0},
        "seconds": 120.0,
        "parts": {
            "accuracy": part(
                "How often?",
                classifiers=scores,
                keypoints_against_pixels=[pair(*digits)],
                behind_the_best=[
                    {"best": DEFAULT, "contender": MLP, **pair(0, 0), "holm_p": rivals}
                ],
                wrong_photos=[],
            ),
            "few_samples": part(
                "How many?",
                few_samples=few,
                keypoints_against_pixels=[pair(0.98, 0.6, samples="10")],
            ),
            "cross_camera": part(
                "Elsewhere?",
                contenders=[score(DEFAULT, elsewhere[0]), score(TUNED, elsewhere[1])],
                keypoints_against_pixels=[pair(*elsewhere)],
            ),
            "hard_pictures": part(
                "Wild?",
                contenders=[hard, score(TUNED, wild[1])],
                keypoints_against_pixels=[pair(*wild)],
            ),
            "cost": part("What?", time=times, size=[]),
        },
        "skipped": {"robustness": "the data set x is not in y"},
    }
