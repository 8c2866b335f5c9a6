#!/usr/bin/env bash
# Runs a Windows program in the Wine prefix PREFIX, which up.sh has started.
#   run.sh PREFIX PROGRAM ARGUMENT...
prefix=$1
shift
. "$(dirname "$0")/environment.sh" "$prefix"
exec wine "$@"
