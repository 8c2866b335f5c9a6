# What every program under Wine gets; sourced with the prefix as the first argument.
# shellcheck shell=bash
case $1 in
  /*) WINEPREFIX=$1 ;;
  *) WINEPREFIX=$PWD/$1 ;; # Wine takes no other
esac
export WINEPREFIX WINEARCH=win64 WINEDEBUG=-all
# Wine's debugger would let a program that crashed end with status 0 at times. The rest only costs time. A test may take
# more away: PTYD_TEST_DLLS.
export WINEDLLOVERRIDES="winedbg.exe=d;winemenubuilder.exe=d;mscoree,mshtml=${PTYD_TEST_DLLS:+;$PTYD_TEST_DLLS}"
# File names are UTF-8, whatever the locale is here.
export LC_ALL=C.UTF-8
unset DISPLAY
