#!/usr/bin/env bash
# Ends all that runs in the Wine prefix PREFIX.
[ $# = 1 ] || { echo "usage: down.sh PREFIX" >&2; exit 2; }
[ -e "$1/complete" ] || exit 0
. "$(dirname "$0")/environment.sh" "$1"
wineserver -k </dev/null >/dev/null 2>&1
exit 0 # none was running: as well
