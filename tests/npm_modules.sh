#!/usr/bin/env bash
# Prints a folder that has the modules of FOLDER/package.json; installs them when they are not there yet. They are kept by
# the lock file's hash in a cache that all builds share, never in the source tree.
#   npm_modules.sh FOLDER [NPM_OPTION...]
# Exits with 77 when node or npm is missing, or nothing can be fetched here.
set -euo pipefail
[ $# -ge 1 ] || { echo "usage: npm_modules.sh FOLDER [NPM_OPTION...]" >&2; exit 2; }
here=$(cd "$1" && pwd)
shift

for program in node npm; do
  command -v "$program" >/dev/null || {
    echo "needs $program" >&2
    exit 77
  }
done

hash=$(cat "$here/package.json" "$here/package-lock.json" | sha256sum | cut -c1-16)
cache=${PTYD_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ptyd-tests}
folder=$cache/$(basename "$here")-$hash
mkdir -p "$cache"
exec 9>"$cache/lock" # tests start at the same time
flock 9
if [ ! -e "$folder/complete" ]; then
  rm -rf "$folder"
  mkdir "$folder"
  cp "$here/package.json" "$here/package-lock.json" "$folder/"
  if ! output=$(cd "$folder" && npm ci --ignore-scripts --prefer-offline --no-audit --no-fund "$@" 2>&1); then
    echo "$output" >&2
    case "$output" in
      *ENOTFOUND* | *EAI_AGAIN* | *ECONNREFUSED* | *ETIMEDOUT* | *ENETUNREACH* | *EHOSTUNREACH*)
        echo "needs packages that npm can't fetch here" >&2
        exit 77
        ;;
    esac
    exit 1
  fi
  touch "$folder/complete"
fi
echo "$folder"
