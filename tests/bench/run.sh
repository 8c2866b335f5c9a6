#!/usr/bin/env bash
# Builds ptyd as it is released and measures it beside a plain pseudoterminal, dtach, abduco, screen and tmux, in one run.
# Says which of them are missing, and installs them with apt where it has them. docs/PERFORMANCE.md explains the figures.
#
#   tests/bench/run.sh                     all of it: at most ten minutes on two quiet cores
#   tests/bench/run.sh --quick             a first look in two or three
#   tests/bench/run.sh --full              more rounds and larger amounts: about an hour
#   tests/bench/run.sh --only NAME...      a scenario or a group of them: see --list
#   tests/bench/run.sh --json FILE         the results for programs, too
#   tests/bench/run.sh --publish           the results, plots and tables into docs/
#   tests/bench/run.sh --publish-from FILE the same from the JSON of an earlier run
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/packages.sh
case "${1:-}" in
  -h | --help)
    sed -n '2,12s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
esac

BUILD=${BUILD:-build/bench}
python=/usr/bin/python3 # it has the system's protobuf
[ -x $python ] || python=python3

# shellcheck disable=SC2046 # a list of words is wanted
if [ -z "${PTYD_BENCH_BUILT:-}" ]; then
  install_missing $(build_packages) python3 python3-protobuf
  wanted=()
  for name in $(bench_packages); do
    if is_installed "$name" || command -v "$name" >/dev/null; then continue; fi
    if can_be_installed "$name"; then wanted+=("$name"); else say "not measured: $name, which apt does not have"; fi
  done
  [ "${#wanted[@]}" = 0 ] || install_missing "${wanted[@]}" || say "not all could be installed: going on without"
  say "building $BUILD"
  cmake --preset bench -B "$BUILD" >/dev/null
  cmake --build "$BUILD" --parallel "${JOBS:-$(nproc)}"
fi
exec $python -B tests/bench/run.py "$BUILD" "$@"
