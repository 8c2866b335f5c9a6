#!/usr/bin/env bash
# Parses every shell script, and lints them where shellcheck is installed.
# usage: check_shell.sh ROOT
set -euo pipefail
cd "$1"

failed=0
scripts=(packaging/packages.sh)
while IFS= read -r -d '' file; do
  case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in
    '#!'*bash* | '#!/bin/sh'*) scripts+=("$file") ;;
  esac
done < <(find .ci packaging tests client docs -type f -size -200k -print0)
[ "${#scripts[@]}" -ge 5 ] || { echo "only ${#scripts[@]} scripts found: the search is broken"; exit 1; }

for file in "${scripts[@]}"; do
  bash -n "$file" || failed=1
done
if command -v shellcheck >/dev/null; then
  shellcheck --shell=bash --severity=warning --external-sources "${scripts[@]}" || failed=1
else
  echo "shellcheck is not installed: syntax was checked only"
fi
[ "$failed" -eq 0 ] && echo "${#scripts[@]} scripts: ok"
exit "$failed"
