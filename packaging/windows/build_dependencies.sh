#!/usr/bin/env bash
# Cross-builds what the Windows build links and Debian packages for its own systems only: protobuf and RE2, static, from
# the sources of the versions that are installed here. Headers of other libraries are taken from the system.
#
#   packaging/windows/build_dependencies.sh            builds what is missing; at once when all is there
#   packaging/windows/build_dependencies.sh --prefix   only prints the folder that has it
#
# The folder is below ~/.cache/ptyd-mingw (XDG_CACHE_HOME), named by what it was made from. Sources come with apt, by a
# configuration of its own: what the machine's configuration names, with deb-src added.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/packaging/packages.sh"

JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
TOOLCHAIN=$root/cmake/mingw-w64.cmake
COMPILER=x86_64-w64-mingw32-g++-posix
# A source package, and the package of it that must be installed: the protoc that makes our code is of its version.
SOURCES=(protobuf:libprotobuf-dev re2:libre2-dev)

version_of() { dpkg-query -W -f='${source:Version}' "$1"; }

# Names all that the result depends on.
prefix() {
  local key entry
  for entry in "${SOURCES[@]}"; do is_installed "${entry#*:}" || fail "${entry#*:} is not installed"; done
  command -v "$COMPILER" >/dev/null || fail "$COMPILER is not installed"
  key=$({
    for entry in "${SOURCES[@]}"; do version_of "${entry#*:}" && echo; done
    "$COMPILER" --version
    cat "$TOOLCHAIN" "$here/build_dependencies.sh"
  } | sha256sum | cut -c1-16)
  echo "${XDG_CACHE_HOME:-$HOME/.cache}/ptyd-mingw/$key"
}

# The machine's apt sources that have PACKAGE, as sources of source packages, below FOLDER.
write_source_lists() { # FOLDER PACKAGE
  local list entry copy
  mkdir -p "$1/sources.d"
  while IFS='|' read -r list entry; do
    [ -n "$(/usr/lib/apt/apt-helper cat-file "$list" | sed -n "/^Package: $2\$/{p;q}")" ] || continue
    entry=${entry%:*}
    copy=$1/sources.d/$(basename "$entry")
    case "$entry" in
      *.sources) sed 's/^Types:.*/Types: deb-src/' "$entry" >"$copy" ;;
      *) sed -n 's/^deb[[:space:]]/deb-src /p' "$entry" >"${copy%.list}.list" ;;
    esac
  done < <(apt-get indextargets --format '$(FILENAME)|$(SOURCESENTRY)' 'Created-By: Packages')
  [ -n "$(ls "$1/sources.d")" ] || fail "no apt source of this machine has $2: is 'apt-get update' needed?"
}

# An apt that knows sources, fetches as the machine's does, and keeps everything below FOLDER.
write_apt_configuration() { # FOLDER
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  cat >"$1/apt.conf" <<END
$(apt-config dump | grep '^Acquire::[^ ]* ' | grep -v IndexTargets)
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$1/sources.d";
Dir::State::Lists "$1/lists";
Dir::Cache "$1/cache";
APT::Sandbox::User "";
END
}

# Unpacks SOURCE in the version of the installed PACKAGE into the current folder; when the archive has only another
# revision of it, that one.
get_source() { # SOURCE PACKAGE
  local version
  version=$(version_of "$2")
  apt-get source -qq "$1=$version" >source.log 2>&1 || apt-get source -qq "$1" >>source.log 2>&1 || {
    cat source.log >&2
    fail "the source of $1 $version can't be had"
  }
  set -- "$1"-*/
  [ -d "$1" ] || fail "the source package unpacked to no folder of its name"
}

# configure SOURCE_FOLDER BUILD_FOLDER OPTION...
configure() {
  local source=$1 build=$2
  shift 2
  cmake -S "$source" -B "$build" -G Ninja -DCMAKE_TOOLCHAIN_FILE="$TOOLCHAIN" -DPTYD_MINGW_PREFIX="$into" \
    -DCMAKE_INSTALL_PREFIX="$into" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
    -DBUILD_SHARED_LIBS=OFF -Wno-dev "$@" >/dev/null
}

build_protobuf() {
  say "building protobuf (one to two minutes)"
  configure protobuf-*/ build-protobuf -DCMAKE_CXX_STANDARD=17 -Dprotobuf_BUILD_TESTS=OFF \
    -Dprotobuf_BUILD_PROTOC_BINARIES=OFF -Dprotobuf_WITH_ZLIB=OFF -Dprotobuf_BUILD_SHARED_LIBS=OFF
  cmake --build build-protobuf --parallel "$JOBS" --target libprotobuf
  cmake --install build-protobuf --component libprotobuf >/dev/null
  cmake --install build-protobuf --component protobuf-headers >/dev/null
}

# Debian removed the generated tables from the source; its Makefile makes them from the package unicode-data.
build_re2() {
  say "building RE2"
  make -s -C re2-*/ REBUILD_TABLES=1 re2/perl_groups.cc re2/unicode_casefold.cc re2/unicode_groups.cc
  configure re2-*/ build-re2 -DCMAKE_CXX_STANDARD=17 -DRE2_BUILD_TESTING=OFF
  cmake --build build-re2 --parallel "$JOBS"
  cmake --install build-re2 >/dev/null
}

case "${1:-}" in
  --prefix)
    prefix
    exit
    ;;
  "") ;;
  *) fail "unknown argument: $1" ;;
esac

# shellcheck disable=SC2046 # a list of words is wanted
install_missing $(build_packages) $(windows_build_packages)
into=$(prefix)
mkdir -p "$(dirname "$into")"
exec 9>"$into.lock" # two builds may start at the same time
flock 9
if [ -e "$into/complete" ]; then
  say "protobuf and RE2 for Windows are there: $into"
  exit
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/ptyd-mingw.XXXXXX")
trap 'rm -rf "$work"' EXIT
write_source_lists "$work/apt" libprotobuf-dev
write_apt_configuration "$work/apt"
export APT_CONFIG=$work/apt/apt.conf
cd "$work"
say "getting the sources of ${SOURCES[*]%:*}"
apt-get update -qq
for entry in "${SOURCES[@]}"; do
  source=${entry%:*}
  [ ! -e "$into/$source.complete" ] || continue
  get_source "$source" "${entry#*:}"
  "build_$source"
  touch "$into/$source.complete"
done
touch "$into/complete"
say "protobuf and RE2 for Windows are in $into"
