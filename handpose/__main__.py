"""``python -m handpose`` is the command ``handpose``."""

from handpose.cli import main

if __name__ == "__main__":
    main()
