#!/usr/bin/env bash
# Builds ptyd, installs it for you and starts a first session. Can be run again at any time.
#
#   packaging/quickstart.sh                      into ~/.local
#   PREFIX=/opt/ptyd packaging/quickstart.sh     elsewhere
#
# On Debian and Ubuntu it installs what is missing with apt (and asks for root only then).
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/packages.sh

PREFIX=${PREFIX:-$HOME/.local}
BUILD=${BUILD:-build/release}
JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)}
SESSION=${SESSION:-first}

if command -v apt-get >/dev/null; then
  # shellcheck disable=SC2046 # a list of words is wanted
  install_missing $(build_packages)
else
  say "no apt here: the libraries that README.md names must be there already"
fi

say "building (the first time this takes some minutes)"
cmake --preset release -B "$BUILD" -DCMAKE_INSTALL_PREFIX="$PREFIX" >/dev/null
cmake --build "$BUILD" --parallel "$JOBS"

say "installing into $PREFIX"
cmake --install "$BUILD" --strip >/dev/null
printf '    %s\n' "$PREFIX/bin/ptyctl" "$PREFIX/bin/ptyd" "$PREFIX/libexec/ptyd/ptyd-host"

in_path=yes
case ":$PATH:" in *":$PREFIX/bin:"*) ;; *) in_path=no ;; esac
export PATH="$PREFIX/bin:$PATH"

say "starting the daemon"
ptyctl daemon start
ptyctl daemon status

say "starting the session '$SESSION'"
if ptyctl list -o name | grep -x "$SESSION" >/dev/null; then
  echo "it runs already"
else
  ptyctl new -d "$SESSION"
fi
ptyctl list

say "ready"
cat <<END
    ptyctl attach $SESSION     look at it; Ctrl-\\ leaves it running
    ptyctl new NAME -- CMD     start another
    ptyctl service install     let systemd start the daemon from now on; sessions go on
    ptyctl help                all verbs
END
[ "$in_path" = yes ] || echo "    Add $PREFIX/bin to your PATH first."
cat <<END

    To remove it, from this folder (first 'ptyctl service uninstall' if you have installed the service):
        ptyctl daemon stop --sessions=kill
        tr '\\n' '\\0' < $BUILD/install_manifest.txt | xargs -0 rm -f
END

if [ -t 0 ] && [ -t 1 ] && [ -z "${PTYD_SESSION_ID:-}" ]; then
  say "attaching; Ctrl-\\ detaches"
  exec ptyctl attach "$SESSION"
fi
