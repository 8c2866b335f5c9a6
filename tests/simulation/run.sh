#!/bin/sh
# Many seeds in parallel: tests/simulation/run.sh [--seeds N] [--first N] [--steps N] [--jobs N] [PROGRAM]
# Prints the first failure of each seed that has one, and a line of what was run. PROGRAM: build/dev/tests/simulate.
set -eu
seeds=10000 first=1 steps=2000 jobs=$(nproc) program=
while [ $# -gt 0 ]; do
  case $1 in
    --seeds) seeds=$2; shift 2 ;;
    --first) first=$2; shift 2 ;;
    --steps) steps=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    -*) sed -n 2,3s/^..//p "$0" >&2; exit 2 ;;
    *) program=$1; shift ;;
  esac
done
: "${program:=$(dirname "$0")/../../build/dev/tests/simulate}"
[ -x "$program" ] || { echo "$program is not there: build it, or name another one" >&2; exit 2; }
export program steps
# The shells that xargs starts expand this.
# shellcheck disable=SC2016
count=$(seq "$first" $((first + seeds - 1)) | xargs -P "$jobs" -n 1 sh -c '
  text=$("$program" --seed "$1" --steps "$steps" 2>&1) && exit 0
  printf "%s\n" "$text" | grep -m 1 "^seed " || echo "seed $1 ended badly"' simulate | while IFS= read -r line; do
  printf "%s\n" "$line" >&2
  echo
done | wc -l)
echo "$seeds seeds from $first on, $steps steps each: $count failed"
[ "$count" = 0 ]
