#!/usr/bin/env bash
# Chromium for tests of pages: what is here (CHROMIUM names another place), else Debian's package.
# Fails where neither can be had.
set -euo pipefail
here() { [ -x "${CHROMIUM:-}" ] || ls /usr/bin/chromium* >/dev/null 2>&1; }
if here; then exit; fi
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
  apt-get install -qq --yes --no-install-recommends chromium >/dev/null || true
here
