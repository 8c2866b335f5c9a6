#!/usr/bin/env bash
# Lints the manual pages. Exits with 77 when mandoc is missing.
# usage: check_man_syntax.sh FOLDER
set -euo pipefail

if ! command -v mandoc >/dev/null; then
  echo "SKIP: mandoc is not installed"
  exit 77
fi
pages=("$1"/*.[1-9])
[ "${#pages[@]}" -ge 3 ] || { echo "pages are missing in $1"; exit 1; }
# Level "warning" leaves out only remarks on style, such as references to pages of other systems.
mandoc -T lint -W warning "${pages[@]}"
echo "${#pages[@]} pages: ok"
