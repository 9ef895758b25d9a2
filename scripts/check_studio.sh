#!/usr/bin/env bash
# Tests the page of the studio in headless Chromium, with a camera made of rendered hands.
#   PYTHON  python with handpose and its extra `studio` (default python3)
# --only-set-up: says what cannot be had, and ends without a test.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

scripts/get_chromium.sh ||
  { echo "NOT TESTED: the studio's page, for want of Chromium" >&2; exit 1; }
"$python" -c "import playwright" 2>/dev/null ||
  "$python" -m pip install --quiet --constraint constraints.txt playwright ||
  { echo "NOT TESTED: the studio's page, for want of PyPI's playwright" >&2; exit 1; }
[ "${1:-}" = --only-set-up ] && exit

exec "$python" -m pytest -m slow tests/studio/test_browser.py
