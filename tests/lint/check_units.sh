#!/usr/bin/env bash
# Verifies the systemd user units as they are installed. Exits with 77 when systemd-analyze is missing.
# usage: check_units.sh PACKAGING_DIR [PTYD_BINARY]
set -euo pipefail

packaging=$1
binary=${2:-/bin/true}
if ! command -v systemd-analyze >/dev/null; then
  echo "SKIP: systemd-analyze is not installed (Debian package systemd)"
  exit 77
fi
[ -x "$binary" ] || binary=/bin/true

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -m 0700 "$folder/runtime"
for unit in ptyd.service ptyd.socket; do
  sed "s,@PTYD_BINARY@,$binary," "$packaging/systemd/$unit.in" >"$folder/$unit"
done
status=0
complaints=$(cd "$folder" && XDG_RUNTIME_DIR=$folder/runtime systemd-analyze --user --man=no verify \
  ./ptyd.service ./ptyd.socket 2>&1) || status=$?
# Unknown keys are only warned about, so that a complaint is a failure also with status 0.
if [ "$status" -ne 0 ] || [ -n "$complaints" ]; then
  printf '%s\nsystemd-analyze verify: status %s\n' "$complaints" "$status"
  exit 1
fi
for setting in KillMode=process OOMPolicy=continue Type=notify RestartSec=100ms StartLimitIntervalSec=0 \
  'RestartPreventExitStatus=1 2'; do
  grep -qx "$setting" "$folder/ptyd.service" || { echo "ptyd.service: $setting is missing"; exit 1; }
done
echo "units: ok"
