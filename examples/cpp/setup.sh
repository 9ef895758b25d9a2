#!/usr/bin/env bash
# setup.sh FOLDER: what the example is built with, from Debian's packages and PyPI; then builds it.
# PYTHON (default python3) has handpose and the package onnxruntime, whose library is linked.
# --only-set-up before FOLDER: says what cannot be had, and builds nothing.
set -euo pipefail
[ "${1:-}" = --only-set-up ] && only=yes && shift
here=$(cd "$(dirname "$0")" && pwd)
build=$(mkdir -p "$1" && cd "$1" && pwd)
python=${PYTHON:-python3}

missing=()
for package in cmake g++ nlohmann-json3-dev libstb-dev libturbojpeg0-dev; do
  dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || { echo "first: sudo apt-get install ${missing[*]}" >&2; exit 1; }
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null; } ||
    { echo "NOT BUILT: examples/cpp needs Debian's packages ${missing[*]}" >&2; exit 1; }
fi

# The wheel of onnxruntime has the library, but not its headers. Debian has them from 13 on; on an
# older one they are unpacked from the package of 13, beside the build and not into the system.
headers=$build/headers
api=include/onnxruntime/onnxruntime_cxx_api.h
if [ ! -e "/usr/$api" ] && [ ! -e "$headers/usr/$api" ]; then
  mkdir -p "$headers/lists/partial" "$headers/sources"
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  sed "s/\b$codename\b/trixie/g" /etc/apt/sources.list.d/debian.sources \
    > "$headers/sources/debian.sources"
  apt=(apt-get -qq -o "Dir::State::lists=$headers/lists" -o "Dir::Etc::sourcelist=/dev/null"
    -o "Dir::Etc::sourceparts=$headers/sources" -o "APT::Sandbox::User=root"
    -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=")
  { "${apt[@]}" update && cd "$headers" && "${apt[@]}" download libonnxruntime-dev &&
    dpkg-deb -x libonnxruntime-dev_*.deb . && cd "$here"; } ||
    { echo "NOT BUILT: examples/cpp needs Debian's package libonnxruntime-dev" >&2; exit 1; }
  rm -rf "$headers/lists"
fi

[ "${only:-}" = yes ] && exit

library=$("$python" -c 'import importlib.util, pathlib
package = pathlib.Path(importlib.util.find_spec("onnxruntime").origin).parent
print(next((package / "capi").glob("libonnxruntime.so.*")))')
cp -u "$library" "$build/libonnxruntime.so.1" # as the program asks for it: the two ship together
CMAKE_INCLUDE_PATH=$headers/usr/include cmake -S "$here" -B "$build" \
  -DPYTHON="$(command -v "$python")" -DONNXRUNTIME_LIBRARY="$build/libonnxruntime.so.1" >/dev/null
cmake --build "$build" --parallel 2
