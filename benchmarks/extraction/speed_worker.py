"""Times the `handpose` of the checkout in ``PYTHONPATH``, one order a line; see `speed`.

It uses only what has had the same name for long, since it runs older checkouts too.
"""

import json
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

import handpose
from handpose.extraction import extract_folder
from handpose.extractors import make_extractor
from handpose.images import read_frames, read_image


class Worker:
    """Knows pictures by number, and what can be done with them."""

    def __init__(self, kind, options):
        self._kind, self._options = kind, options
        self._extractor = make_extractor(kind, **options)
        self._pictures, self._clock = [], count(step=40)

    def photos(self, paths):
        """Read photos; how many."""
        self._pictures = [read_image(path) for path in paths]
        return len(self._pictures)

    def frames(self, paths, most):
        """Read the frames of clips; how many."""
        self._pictures = [f.rgb for path in paths for f in list(read_frames(path))[:most]]
        return len(self._pictures)

    def detect(self, number):
        """Find the hands of a photo; seconds, and how many hands."""
        start = time.perf_counter()
        hands = self._extractor.detect(self._pictures[number])
        return time.perf_counter() - start, len(hands)

    def track(self, number):
        """Find the hands of the next frame; seconds, and how many hands."""
        start = time.perf_counter()
        hands = self._extractor.detect_for_video(self._pictures[number], next(self._clock))
        return time.perf_counter() - start, len(hands)

    def boxes(self, path):
        """Find the hands of a photo; their boxes."""
        return self._extractor.detect(read_image(path)).boxes().tolist()

    def frames_until_found(self, path, most):
        """Show a photo as a video of 30 frames a second; the first frame with a hand, or most."""
        image = read_image(path)
        with self._extractor.video() as video:
            for frame in range(most):
                if len(video.detect(image, frame * 1000 // 30)):
                    return frame
        return most

    def folder(self, path):
        """Make a table of a folder; seconds, and how many hands."""
        with tempfile.TemporaryDirectory() as place:
            start = time.perf_counter()
            table = Path(place) / "table.parquet"
            summary = extract_folder(path, table, extractor=self._kind, n_jobs=1, **self._options)
            return time.perf_counter() - start, summary.found.total()


def main():
    """Serve orders until standard input ends."""
    worker = Worker(sys.argv[1], json.loads(sys.argv[2]))
    print(json.dumps(handpose.__file__), flush=True)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, name)(*arguments)), flush=True)


if __name__ == "__main__":
    main()
