#!/usr/bin/env bash
# Builds ptyd as it is released and keeps it under load while things are killed. Every byte and status is checked.
# Each test prints one line of JSON; the whole ends with status 1 when one of them failed.
#
#   tests/soak/run.sh                    all tests, at full length: about half an hour on two cores
#   tests/soak/run.sh --short            all tests, shorter: a few minutes
#   tests/soak/run.sh --seed N NAME...   some of them, as a run before did: see --list
#   tests/soak/run.sh --figures [--for MINUTES] [NAME...]
#                                        the figures of docs/RELIABILITY.md, in parts that are kept in
#                                        figures.jsonl of the build's folder: what is done is not done again
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build/bench}
if [ -z "${PTYD_SOAK_BUILT:-}" ]; then
  cmake --preset bench -B "$BUILD" >/dev/null
  cmake --build "$BUILD" --parallel "${JOBS:-$(nproc)}"
fi
python=/usr/bin/python3 # it has the system's protobuf
[ -x $python ] || python=python3
if [ "${1:-}" = --figures ]; then
  shift
  exec $python tests/soak/figures.py "$BUILD" "$@"
fi
exec $python tests/soak/soak.py "$BUILD" "$@"
