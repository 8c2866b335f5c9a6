#!/usr/bin/env bash
# Builds everything and runs all tests. Can be run again at any time; installs what is missing with apt.
#
#   tests/run.sh              all stages
#   tests/run.sh --quick      the stage dev only
#   tests/run.sh STAGE...     of dev clang asan tsan fuzz release
set -uo pipefail
cd "$(dirname "$0")/.." || exit
. packaging/packages.sh

JOBS=${JOBS:-$(nproc)}
STAGES=(dev clang asan tsan fuzz release)
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
started=$SECONDS

# attribute NAME FILE: of the outermost element of a JUnit file.
attribute() { grep -o -m1 "^[[:space:]]*$1=\"[0-9]*\"" "$2" | grep -o '[0-9]*'; }

# count STAGE JUNIT_FILE: adds a ctest run to the totals.
count() {
  local tests bad skipped
  tests=$(attribute tests "$2")
  bad=$(attribute failures "$2")
  skipped=$(($(attribute skipped "$2") + $(attribute disabled "$2")))
  passed=$((passed + tests - bad - skipped))
  failed=$((failed + bad))
  [ "$bad" = 0 ] || failures+=("$1")
}

# A build that fails counts as a failed test.
build() {
  say "$1: configuring and building"
  if ! { cmake --preset "$1" >/dev/null && cmake --build --preset "$1" --parallel "$JOBS" --target "${TARGETS:-all}"; }; then
    failed=$((failed + 1))
    failures+=("$1: build")
    return 1
  fi
}

run_tests() {
  local stage=$1
  shift
  build "$stage" || return 0
  say "$stage: running the tests"
  rm -f "build/$stage/tests.xml"
  ctest --test-dir "build/$stage" --parallel "$JOBS" --output-on-failure --no-tests=error --output-junit tests.xml "$@" |
    grep -vE '^ +Start +[0-9]+:'
  count "$stage" "build/$stage/tests.xml"
}

stage_dev() { run_tests dev; }
stage_clang() { run_tests clang --label-exclude 'lint|consume'; }
stage_asan() {
  PTYD_TEST_DEADLINE=90 PTYD_TEST_SLOW=1 run_tests asan --label-exclude 'lint|consume'
}
# One loop owns the daemon's state: the shared rings and the tests' own threads are what can race.
stage_tsan() {
  PTYD_TEST_DEADLINE=90 PTYD_TEST_SLOW=1 TARGETS=unit_tests run_tests tsan --label-regex 'unit|host|integration'
}
stage_fuzz() { run_tests fuzz --label-regex fuzz; }

# As a newcomer does it, in a home of its own.
stage_release() {
  local home
  home=$(mktemp -d /tmp/ptyd-home.XXXXXX)
  mkdir -m 700 "$home/run"
  say "release: packaging/quickstart.sh, its home in $home"
  if env -u PTYD_SOCKET -u PTYD_AUTOSTART HOME="$home" PREFIX="$home/.local" XDG_RUNTIME_DIR="$home/run" \
    XDG_STATE_HOME="$home/state" XDG_CONFIG_HOME="$home/config" bash -c '
      ctl=$PREFIX/bin/ptyctl
      packaging/quickstart.sh </dev/null && packaging/quickstart.sh </dev/null >/dev/null &&
        "$ctl" list -o name | grep -qx first &&
        "$ctl" send first "exit 4" --enter &&
        { "$ctl" wait first; [ $? = 4 ]; } &&
        "$ctl" daemon stop --sessions=kill'; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("release: quickstart")
  fi
  rm -rf "$home"
}

# shellcheck disable=SC2046 # a list of words is wanted
install_missing $(build_packages) ccache clang libclang-rt-dev libgtest-dev libgmock-dev python3 python3-protobuf \
  procps util-linux tmux dtach screen vim less htop neovim mandoc

for stage in "${STAGES[@]}"; do
  declare -F "stage_$stage" >/dev/null || fail "there is no stage $stage"
  begun=$SECONDS
  "stage_$stage"
  say "$stage took $((SECONDS - begun)) s"
done

say "all stages took $((SECONDS - started)) s"
[ "${#failures[@]}" = 0 ] || printf 'failed in: %s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
