#!/usr/bin/env bash
# Makes the Wine prefix PREFIX unless it is there, and starts its server and services; `down.sh PREFIX` ends them.
# Services inherit what starts them has open: a test's output must not be among it, or whoever reads it waits for ever.
set -euo pipefail
[ $# = 1 ] || { echo "usage: up.sh PREFIX" >&2; exit 2; }
command -v wine wineserver >/dev/null || { echo "up.sh: wine is not installed" >&2; exit 1; }
exec </dev/null
. "$(dirname "$0")/environment.sh" "$1"

quietly() { timeout 180 "$@" >/dev/null 2>&1; }

if [ ! -e "$WINEPREFIX/complete" ]; then
  rm -rf "$WINEPREFIX"
  mkdir -p "$WINEPREFIX"
  quietly wineboot -i
  quietly wineserver -w
  touch "$WINEPREFIX/complete"
fi
quietly wineserver -p || true # it runs already
# A new prefix says that it is Windows 7. This starts the services, too.
quietly wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f
# So is the desktop, which the first program that uses a keyboard starts: a console host, when it gets input. The second
# command waits until it is there.
setsid wine explorer.exe /desktop >/dev/null 2>&1 &
quietly wine rundll32.exe 'user32.dll,GetDesktopWindow'
