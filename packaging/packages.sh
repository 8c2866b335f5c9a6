# What Debian and Ubuntu call the things we need; sourced by quickstart.sh and tests/run.sh.
# shellcheck shell=bash

say() { printf '\n==> %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# No `| grep -q` here: with pipefail it fails when grep has seen enough before the other end has written all.
is_installed() { [[ $(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) == *'ok installed'* ]]; }

can_be_installed() { [[ $(apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[0-9]* ]]; }

# The Boost to build with: an installed one, else the newest that is packaged. 1.81 is the oldest that will do.
boost_package() {
  local name version
  for name in $(dpkg-query -W -f='${Package}\n' 'libboost1.*-dev' 2>/dev/null) \
    $(apt-cache pkgnames libboost1. 2>/dev/null | sort -rV); do
    version=${name#libboost1.}
    version=${version%-dev}
    case "$name:$version" in *[!0-9]) continue ;; libboost1.[0-9]*-dev:*) ;; *) continue ;; esac
    case "$version" in *[!0-9]*) continue ;; esac
    [ "$version" -ge 81 ] || continue
    is_installed "$name" || can_be_installed "$name" || continue
    echo "$name"
    return
  done
  echo libboost-dev
}

build_packages() {
  echo g++ cmake ninja-build pkg-config protobuf-compiler libprotobuf-dev libspdlog-dev libcli11-dev libtomlplusplus-dev \
    libre2-dev
}

# Beside build_packages: what a build for Windows needs.
windows_build_packages() {
  echo g++-mingw-w64-x86-64-posix dpkg-dev unicode-data googletest libfmt-dev
}

# Whom tests/bench/run.sh measures beside ptyd, and with what; it goes on without those that there are not.
bench_packages() { echo dtach abduco screen tmux libvterm-dev libbenchmark-dev; }

# install_missing PACKAGE...: says what it does, and asks for root only when something is missing.
install_missing() {
  command -v apt-get >/dev/null ||
    fail "packages are installed with apt only: install these with your system's tools: $* and Boost >= 1.81"
  local missing=() name
  for name in "$@"; do is_installed "$name" || missing+=("$name"); done
  if [ "${#missing[@]}" -gt 0 ] || ! is_installed "$(boost_package)"; then
    say "installing with apt: ${missing[*]} and Boost"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      "${missing[@]}" "$(boost_package)" >/dev/null
  fi
}
