# What `ptyctl new --shell-integration` puts in the place of the user's ZDOTDIR. It gives that back before anything else,
# so that zsh reads all further files of the user's.
if [[ -n ${PTYD_ZDOTDIR+x} ]]; then
  export ZDOTDIR=$PTYD_ZDOTDIR
  unset PTYD_ZDOTDIR
else
  unset ZDOTDIR
fi
() {
  local here=${PTYD_SHELL_INTEGRATION-}
  unset PTYD_SHELL_INTEGRATION
  [[ -r $here/ptyd.zsh ]] && source $here/ptyd.zsh
}
if [[ -r ${ZDOTDIR:-$HOME}/.zshenv ]]; then source ${ZDOTDIR:-$HOME}/.zshenv; fi
