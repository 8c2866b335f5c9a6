#!/usr/bin/env bash
# Builds everything and runs all tests. Can be run again at any time; installs what is missing with apt.
#
#   tests/run.sh              all stages
#   tests/run.sh --quick      the stage dev only
#   tests/run.sh STAGE...     of dev mingw asan tsan fuzz release soak
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. packaging/packages.sh

JOBS=${JOBS:-$(nproc)}
FUZZ_SECONDS=${FUZZ_SECONDS:-5} # to search with each fuzz target
STAGES=(dev mingw asan tsan fuzz release soak)
case "${1:-}" in
  "") ;;
  --quick) STAGES=(dev) ;;
  -h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  *) STAGES=("$@") ;;
esac

passed=0
failed=0
failures=()
junit_files=()
started=$SECONDS

# note_failure WHICH...: one more that failed.
note_failure() {
  failed=$((failed + 1))
  failures+=("$*")
}

# count STAGE JUNIT_FILE CTEST_STATUS: adds a ctest run to the totals. What did not run has failed, unless it said that
# something it needs is missing.
count() {
  local tests bad skipped name
  tests=$(grep -c '<testcase ' "$2" 2>/dev/null)
  mapfile -t bad < <(test_names '<failure' "$2"; test_names '<skipped message="(?!SKIP_RETURN_CODE)' "$2")
  mapfile -t skipped < <(test_names '<skipped message="SKIP_RETURN_CODE' "$2")
  for name in "${bad[@]}"; do note_failure "$1: $name"; done
  [ "${#skipped[@]}" = 0 ] || echo "$1: skipped, as something they need is missing: ${skipped[*]}"
  [ "$3" = 0 ] || [ "${#bad[@]}" -gt 0 ] || note_failure "$1: ctest ended with $3"
  passed=$((passed + ${tests:-0} - ${#bad[@]} - ${#skipped[@]}))
}

# test_names PATTERN JUNIT_FILE: of the tests whose element begins with it.
test_names() {
  [ -f "$2" ] && LC_ALL=C grep -azoP "<testcase name=\"\K[^\"]+(?=\"[^>]*>\s*$1)" "$2" | tr '\0' '\n'
}

# A build that fails counts as a failed test.
build() {
  say "$1: configuring and building"
  cmake --preset "$1" >/dev/null &&
    cmake --build --preset "$1" --parallel "$JOBS" --target "${TARGETS:-all}" && return
  note_failure "$1: build"
  return 1
}

run_tests() {
  local stage=$1
  shift
  build "$stage" || return 0
  say "$stage: running the tests"
  rm -f "build/$stage/tests.xml"
  ctest --test-dir "build/$stage" --parallel "$JOBS" --output-on-failure --no-tests=error \
    --output-junit tests.xml "$@" |
    grep -vE '^ +Start +[0-9]+:'
  count "$stage" "build/$stage/tests.xml" "${PIPESTATUS[0]}"
  junit_files+=("build/$stage/tests.xml")
}

stage_dev() { run_tests dev; }
# For Windows, under Wine. Without Wine nothing of it could run, which is a failure.
stage_mingw() {
  packaging/windows/build_dependencies.sh || {
    note_failure "mingw: dependencies"
    return 0
  }
  # Also after a ctest that was ended from outside.
  trap 'tests/wine/down.sh build/mingw/wine' EXIT
  run_tests mingw
  tests/wine/down.sh build/mingw/wine
  grep -aho 'Wine lacks: .*' build/mingw/Testing/Temporary/LastTest.log | sort | uniq -c
}
# With the other compiler. What the other terminals say of the engine does not depend on that.
stage_asan() {
  PTYD_TEST_DEADLINE=90 PTYD_TEST_SLOW=1 run_tests asan --label-exclude 'lint|consume|oracle'
}
# One loop owns the daemon's state: the shared rings and the tests' own threads are what can race. The test that is left
# out uses protobuf's maps, whose layout with this sanitizer is not that of the system's library.
stage_tsan() {
  PTYD_TEST_DEADLINE=90 PTYD_TEST_SLOW=1 TARGETS=unit_tests run_tests tsan --label-regex 'unit|host|integration' \
    --exclude-regex ptyctl_format_test
}
# The same inputs in each run, then others. A find stays in build/fuzz/finds.
stage_fuzz() {
  local target name
  TARGETS=fuzz_targets run_tests fuzz --label-regex fuzz
  mkdir -p build/fuzz/finds
  for target in build/fuzz/tests/*_fuzz; do
    [ -x "$target" ] || continue
    name=$(basename "$target" _fuzz)
    say "fuzz: searching with $name for $FUZZ_SECONDS s"
    mkdir -p "build/fuzz/corpus/$name"
    if "$target" -max_total_time="$FUZZ_SECONDS" -timeout=10 -artifact_prefix="build/fuzz/finds/$name-" \
      "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1; then
      passed=$((passed + 1))
    else
      tail -n 40 "build/fuzz/$name.log"
      note_failure "fuzz: search with $name"
    fi
  done
}

# As a newcomer does it, in a home of its own; a second run finds everything there already.
stage_release() {
  local home ccache
  ccache=$(ccache --get-config cache_dir 2>/dev/null)
  home=$(mktemp -d /tmp/ptyd-home.XXXXXX)
  mkdir -m 700 "$home/run"
  say "release: packaging/quickstart.sh, its home in $home"
  if (
    unset PTYD_SOCKET PTYD_AUTOSTART PTYD_CONFIG
    export HOME="$home" PREFIX="$home/.local" BUILD=build/quickstart-test CCACHE_DIR="$ccache"
    export XDG_RUNTIME_DIR="$home/run" XDG_STATE_HOME="$home/state" XDG_CONFIG_HOME="$home/config"
    ctl=$PREFIX/bin/ptyctl
    trap '"$ctl" daemon stop --sessions=kill --no-autostart' EXIT
    packaging/quickstart.sh </dev/null && packaging/quickstart.sh </dev/null >/dev/null &&
      "$ctl" list -o name | grep -x first >/dev/null &&
      "$ctl" send first "exit 4" --enter &&
      { "$ctl" wait first --timeout 60s; [ $? = 4 ]; }
  ); then
    passed=$((passed + 1))
  else
    note_failure "release: quickstart"
  fi
  rm -rf "$home"
}

# Load while things are killed, for a few minutes; one line for each test. tests/soak/run.sh does the rest.
stage_soak() {
  local line ran=0
  say "soak: building as released, then running"
  while read -r line; do
    echo "$line"
    case $line in
      *'"ok": true'*) passed=$((passed + 1)) ran=1 ;;
      '{'*) ran=1 && note_failure "soak: $line" ;;
    esac
  done < <(tests/soak/run.sh --short)
  [ "$ran" = 1 ] || note_failure "soak: nothing ran"
}

# shellcheck disable=SC2046 # a list of words is wanted
install_missing $(build_packages) ccache clang libclang-rt-dev libgtest-dev libgmock-dev python3 python3-protobuf \
  python3-setuptools python3-wheel python3-yaml wine wine64 $(windows_build_packages) procps util-linux systemd tmux \
  dtach screen vim less htop neovim fish zsh asciinema mandoc libvterm-dev valgrind \
  $(command -v node >/dev/null || echo nodejs) $(command -v npm >/dev/null || echo npm) ||
  say "not all could be installed: going on without"

for stage in "${STAGES[@]}"; do
  declare -F "stage_$stage" >/dev/null || fail "there is no stage $stage"
  begun=$SECONDS
  "stage_$stage"
  say "$stage took $((SECONDS - begun)) s"
done

say "all stages took $((SECONDS - started)) s"
# Again, for whoever sees only the end of this.
[ "${#junit_files[@]}" = 0 ] || tests/failed_output.py "${junit_files[@]}"
[ "${#failures[@]}" = 0 ] || printf 'failed in: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
