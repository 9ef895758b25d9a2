"""A door that opens to a secret sequence of gestures.

python -m examples.door enrol DIR --sequence 2 4 1 5      # or show it: --source 0
python -m examples.door watch DIR --source 0
python -m examples.door log DIR
python -m examples.door reset DIR                         # ends a lock-out
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import handpose as hp
from handpose.evaluation.thresholds import try_out

from .audit import AuditLog, BrokenLogError, verified
from .bolt import FileBolt
from .door import Door, watch
from .policy import Policy
from .secret import Secret


def enrol(options: argparse.Namespace) -> None:
    """Choose gestures and a sequence; what is kept does not tell the sequence."""
    options.dir.mkdir(parents=True, exist_ok=True)
    model = options.model
    if options.photos:  # as `handpose collect` takes them: a folder for each gesture
        made, data = hp.make_model(options.classifier), hp.load_dataset(options.photos)
        made.set_params(min_score=try_out(made, data).min_score).fit(*data)
        model = str(made.save(options.dir / "gestures.handpose"))
    with recognizer_of({"model": model}, options) as recognizer:
        sequence = tuple(options.sequence or shown_twice(recognizer, options.source))
        strange = sorted(set(sequence) - set(recognizer.labels))
        if strange:
            raise ValueError(f"no gesture {strange[0]!r}; known: {', '.join(recognizer.labels)}")
    secret = Secret.of(sequence)
    with closing(AuditLog(options.dir / "log.jsonl")) as log:
        log.append("enrolled", model=model)
        enrolled = log.records[-1]["hash"]
    settings = {"model": model, "secret": secret.to_dict(), "enrolled": enrolled}
    write_whole(options.dir / "door.json", json.dumps(settings))
    print(f"{options.dir}: enrolled, {len(sequence)} gestures of {len(recognizer.labels)}")


def shown_twice(recognizer: hp.GestureRecognizer, source: Any) -> tuple[str, ...]:
    """The sequence that was shown twice, with a pause after each time."""
    sequences, before = hp.GestureSequences(), None
    print("show your sequence, take your hand away, and show it again", file=sys.stderr)
    with recognizer.stream(source) as frames:
        for seen in frames:
            for shown in sequences.update(seen.events, seen.frame.timestamp_ms):
                if before is not None and before.matches(shown.gestures):
                    return before.gestures
                before = shown if shown.fault is None else None
    raise ValueError("no sequence was shown twice alike")


def run(options: argparse.Namespace) -> None:
    """Watch a camera or a file."""
    settings = json.loads((options.dir / "door.json").read_text(encoding="utf-8"))
    told = [""]

    def tell(message: str) -> None:
        if message != told[0]:
            print(message, flush=True)
        told[0] = message

    with (
        closing(AuditLog(options.dir / "log.jsonl")) as log,
        recognizer_of(settings, options) as recognizer,
    ):
        if settings["enrolled"] not in {record["hash"] for record in log.records}:
            raise BrokenLogError(f"{log.path}: is not the log of this door; enrol again")
        secret, bolt = Secret.from_dict(settings["secret"]), FileBolt(options.dir / "open")
        door = Door(secret, Policy(), log, bolt, recognizer.labels, recognizer.min_score)
        watch(recognizer, options.source, door, tell)


def reset(options: argparse.Namespace) -> None:
    """Forget the failures: for whoever can sit at this computer."""
    with closing(AuditLog(options.dir / "log.jsonl")) as log:
        log.append("reset")


def show(options: argparse.Namespace) -> None:
    """Check the log and print it."""
    path = options.dir / "log.jsonl"
    for record in verified(path.read_bytes(), str(path)):
        facts = {k: v for k, v in record.items() if k not in ("n", "time", "event", "before")}
        print(record["n"], record["time"], record["event"], json.dumps(facts))


def recognizer_of(settings: dict[str, Any], options: argparse.Namespace) -> hp.GestureRecognizer:
    """One hand, and gestures that are held for a fifth of a second."""
    strict = {
        name: value
        for name in ("min_score", "false_accepts")
        if (value := getattr(options, name)) is not None
    }
    strict = strict or {"min_score": Policy.min_score}
    steadying = hp.Steadying(hold_ms=200)
    return hp.load_recognizer(settings["model"], num_hands=1, steadying=steadying, **strict)


def write_whole(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m examples.door", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, function in (("enrol", enrol), ("watch", run), ("log", show), ("reset", reset)):
        command = commands.add_parser(name, help=(function.__doc__ or "").splitlines()[0])
        command.add_argument("dir", type=Path, help="folder of the door")
        command.set_defaults(function=function)
        if function in (enrol, run):
            command.add_argument("--source", default="0", help="camera, video file or address")
            command.add_argument("--min-score", type=float, help="least score of a gesture")
            command.add_argument("--false-accepts", type=float, help="instead, a rate of these")
        if function is enrol:
            command.add_argument("--sequence", nargs="+", metavar="GESTURE")
            command.add_argument("--model", default="digits", help="a name or a .handpose file")
            command.add_argument("--photos", type=Path, help="folder of your own gestures")
            command.add_argument("--classifier", default="few_shot", help="for your own gestures")
    options = parser.parse_args(arguments)
    if getattr(options, "source", "").isdigit():
        options.source = int(options.source)
    try:
        options.function(options)
    except (hp.HandposeError, BrokenLogError, OSError, ValueError, KeyError) as error:
        raise SystemExit(f"door: {error}; the door is shut") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
