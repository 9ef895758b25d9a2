#!/usr/bin/env bash
# Sets the page up from npm's registry, builds it into dist/, and tests it.
#   PYTHON  python with handpose and its extra `export` (default python3)
#   CLIPS   of the rendered clips, those to compare with Python (default five)
# --only-set-up: says what cannot be had, and ends without a test.
set -euo pipefail
cd "$(dirname "$0")"

node --version >/dev/null 2>&1 || { echo "NOT TESTED: web/ needs Node.js 20.19 or newer" >&2; exit 1; }
npm ci --silent || { echo "NOT TESTED: web/ needs npm's registry" >&2; exit 1; }
../scripts/get_chromium.sh ||
  echo "NOT TESTED: the page itself, for want of Chromium; only its parts are" >&2
[ "${1:-}" = --only-set-up ] && exit

python=${PYTHON:-python3}
HANDPOSE="$python -m handpose" node scripts/prepare.mjs
npm run --silent check
npm run --silent build -- --logLevel warn
rm -rf build
"$python" tests/expected.py build/expected ${CLIPS:-}
"$python" ../examples/answers.py build/expected/answers
npx tsc -p tsconfig.tests.json
npx vite build --mode test --logLevel warn
node --test build/js/tests/
