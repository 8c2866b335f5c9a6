#!/usr/bin/env bash
# Checks that a program's bad end is seen through Wine: by its status here, and by ctest as a failed test.
#   check_ends.sh CTEST COMMAND...    COMMAND runs tests/wine/ending.cpp; how it is to end is added
set -uo pipefail
ctest=$1
shift
failed=0

# expect STATUS ARGUMENT...: STATUS is a number, or "bad" for all but 0.
expect() {
  local wanted=$1 status
  shift
  timeout 60 "${command[@]}" "$@" >/dev/null 2>&1
  status=$?
  case "$wanted:$status" in
    bad:0 | bad:124) ;;
    bad:* | "$status:$status") return ;;
  esac
  echo "'$*' ended with $status, wanted: $wanted"
  failed=1
}

command=("$@")
expect 0 exit 0
for status in 1 3 77 255; do expect "$status" exit "$status"; done
for status in 256 512 -1 -1073741819; do expect bad exit "$status"; done
expect bad abort
expect bad throw
# A crash of a thread is what passed at times; seldom enough that one try would not show it.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  expect bad crash
  expect bad thread
done

work=$(mktemp -d "${TMPDIR:-/tmp}/ptyd-ends.XXXXXX")
trap 'rm -rf "$work"' EXIT
quoted=$(printf ' [==[%s]==]' "${command[@]}")
for how in "exit 0" "exit 1" crash thread abort throw; do
  printf 'add_test([==[%s]==]%s %s)\n' "$how" "$quoted" "$how"
done >"$work/CTestTestfile.cmake"
(cd "$work" && timeout 120 "$ctest" --timeout 60 >log 2>&1)
passed=$(grep -c ' Passed ' "$work/log")
bad=$(grep -c '\*\*\*' "$work/log")
if [ "$passed" != 1 ] || [ "$bad" != 5 ]; then
  cat "$work/log"
  echo "of six tests one should pass: $passed passed, $bad failed"
  failed=1
fi
exit "$failed"
