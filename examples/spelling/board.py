"""A spelling board: letters of the American manual alphabet become text, in a camera or a video.

    python examples/spelling/board.py                          # camera 0
    python examples/spelling/board.py clip.mp4 --words examples/spelling/words.txt

Hold each letter for a moment; draw J and Z; carry a double letter a little aside; lower the hand
between words. Whatever ends the program prints the whole text.
"""

import argparse
from pathlib import Path

import handpose as hp


def main() -> None:
    """Print the text whenever it changes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="?", default="0", help="a camera's number or a video")
    parser.add_argument("--words", type=Path, help="words that may be meant, one a line")
    options = parser.parse_args()
    words = options.words.read_text(encoding="utf-8").split() if options.words else None
    speller = hp.Speller(words)
    source = int(options.source) if options.source.isdecimal() else options.source
    with hp.load_recognizer("asl_letters", motions="asl_letters_moving") as recognizer:
        told = ""
        for result in recognizer.stream(source):
            if speller.update(result) != told:
                told = speller.text
                print(told)
    print(f"text: {speller.end()}")


if __name__ == "__main__":
    main()
