"""Lists the benchmarks: ``python -m benchmarks``."""

from benchmarks import QUESTIONS

if __name__ == "__main__":
    for name, question in QUESTIONS.items():
        print(f"python -m benchmarks.{name:20} {question}")
