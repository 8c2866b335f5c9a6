#!/usr/bin/env bash
# Makes the zip of ptyd for Windows, its SHA-256, and manifests for winget and scoop. The same programs give the same
# bytes.
#
#   packaging/windows/make_zip.sh [--url URL] [--homepage URL] [--out FOLDER] [--programs FOLDER]
#
#   --url URL          the folder from which the zip will be downloaded; without it there are no manifests
#   --homepage URL     of the project, for the manifests; the folder above when it is left out
#   --out FOLDER       where all is put (build/windows)
#   --programs FOLDER  has the three programs already: they are packed as they are, but stripped. Without it the preset
#                      mingw-release is built
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/packaging/packages.sh"

JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
PROGRAMS=(ptyd.exe ptyd-host.exe ptyctl.exe)
# What is linked into them: a package that has the licence, and of what.
LIBRARIES=(
  "$(boost_package):Boost"
  libprotobuf-dev:protobuf
  libre2-dev:RE2
  unicode-data:"Unicode's tables, in RE2 and in the screen engine"
  libspdlog-dev:spdlog
  libfmt-dev:fmt
  libcli11-dev:CLI11
  libtomlplusplus-dev:toml++
  g++-mingw-w64-x86-64-posix:"GCC's runtime: libgcc, libstdc++, libssp"
  mingw-w64-x86-64-dev:"MinGW-w64's runtime and winpthreads"
)

url='' homepage='' out=$root/build/windows programs=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value, or is unknown"
  case "$1" in
    --url) url=$2 ;;
    --homepage) homepage=$2 ;;
    --out) out=$2 ;;
    --programs) programs=$2 ;;
    *) fail "unknown argument: $1" ;;
  esac
  shift 2
done
for given in "$url" "$homepage"; do
  case "$given" in "" | https://*) ;; *) fail "not an https address: $given" ;; esac
done

version=$(sed -n 's/^project(ptyd VERSION \([0-9.]*\) .*/\1/p' "$root/CMakeLists.txt")
[ -n "$version" ] || fail "no version in CMakeLists.txt"
name=ptyd-$version-windows-x64

build() {
  "$here/build_dependencies.sh"
  cd "$root"
  cmake --preset mingw-release >/dev/null
  cmake --build --preset mingw-release --parallel "$JOBS" --target ptyd ptyd-host ptyctl
  programs=$root/build/mingw-release/bin
  # What only tests may do is not in what users get.
  ! grep -al PTYD_CRASH_AT "${PROGRAMS[@]/#/$programs/}" || fail "test hooks are in these programs"
}

# Libraries that a program asks for and that are not Windows' own would be missing there.
check_imports() { # PROGRAM
  local all found
  all=$(x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/^\s*DLL Name: //p' | tr '[:upper:]' '[:lower:]')
  [ -n "$all" ] || fail "what $(basename "$1") needs can't be read"
  # grep finds nothing when all is well.
  found=$(grep -vxE '(kernel32|msvcrt|ws2_32|mswsock|advapi32|shell32|ole32|oleaut32|user32|userenv|bcrypt)\.dll' \
    <<<"$all" || true)
  [ -z "$found" ] || fail "$(basename "$1") needs $(echo "$found" | xargs), which Windows does not have"
}

# Debian's description of a package's licences. Boost's lists each of its files: there only the licence of its headers.
write_licence() { # PACKAGE FILE
  local from=/usr/share/doc/$1/copyright
  [ -f "$from" ] || fail "$from is missing"
  case "$1" in
    libboost*)
      awk -v RS= '/^License: BSL-1.0\n *Boost Software License - /' "$from" >"$2"
      [ -s "$2" ] || fail "$from does not have Boost's licence where it was expected"
      ;;
    *) cp "$from" "$2" ;;
  esac
}

# What the descriptions refer to, which only Debian's systems have.
write_common_licences() { # FOLDER
  local one
  grep -rhoE '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9+]' "$1" | sort -u | while read -r one; do
    [ -f "$one" ] || continue
    cp -L "$one" "$1/common-$(basename "$one").txt"
  done
}

write_licences() { # FOLDER
  local entry package library
  mkdir "$1"
  {
    printf 'What is linked into these programs, and where its licence is. "common-..." are licences that others refer to.\n\n'
    for entry in "${LIBRARIES[@]}"; do
      package=${entry%%:*}
      library=${entry#*:}
      write_licence "$package" "$1/$package.txt"
      printf '%-52s %s\n' "$library" "$package.txt"
    done
  } >"$1/README.txt"
  write_common_licences "$1"
}

# fill TEMPLATE FILE
fill() {
  sed -e "s|@PTYD_VERSION@|$version|g" -e "s|@PTYD_FOLDER@|$name|g" -e "s|@PTYD_URL@|${url%/}/$name.zip|g" \
    -e "s|@PTYD_HOMEPAGE@|${homepage:-${url%/}}|g" -e "s|@PTYD_SHA256@|${hash:-}|g" \
    -e "s|@PTYD_SHA256_UPPER@|${hash_upper:-}|g" "$1" >"$2"
}

fill_folder() { # FOLDER_OF_TEMPLATES INTO
  local one
  mkdir -p "$2"
  for one in "$1"/*.in; do fill "$one" "$2/$(basename "$one" .in)"; done
}

# shellcheck disable=SC2046 # a list of words is wanted
install_missing $(build_packages) $(windows_build_packages) python3
[ -n "$programs" ] || build
work=$(mktemp -d "${TMPDIR:-/tmp}/ptyd-zip.XXXXXX")
trap 'rm -rf "$work"' EXIT
folder=$work/$name
mkdir "$folder"
for one in "${PROGRAMS[@]}"; do
  [ -f "$programs/$one" ] || fail "there is no $programs/$one"
  x86_64-w64-mingw32-strip --preserve-dates -o "$folder/$one" "$programs/$one" # or it puts today into the header
  check_imports "$folder/$one"
done
cp "$root/LICENSE" "$folder/LICENSE.txt"
cp "$root/packaging/config/ptyd.toml" "$folder/ptyd.toml.example"
fill "$here/README.txt.in" "$folder/README.txt"
write_licences "$folder/licenses"

mkdir -p "$out"
python3 "$here/write_zip.py" "$work" "$out/$name.zip"
(cd "$out" && sha256sum "$name.zip" >"$name.zip.sha256")
say "$out/$name.zip"
cat "$out/$name.zip.sha256"
[ -n "$url" ] || exit 0
hash=$(cut -c1-64 "$out/$name.zip.sha256")
hash_upper=${hash^^}
fill_folder "$here/winget" "$out/winget"
fill_folder "$here/scoop" "$out/scoop"
say "manifests are in $out/winget and $out/scoop"
