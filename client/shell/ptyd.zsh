# Tells the terminal about prompts, commands and their status (OSC 133) and the folder (OSC 7). For zsh 5.1 and later;
# to be sourced by interactive shells.
if [[ -o interactive && -z ${_ptyd_integrated-} ]]; then
  typeset -g _ptyd_integrated=1
  typeset -g _ptyd_running=0

  _ptyd_folder() {
    emulate -L zsh -o no_multibyte
    local text=$PWD out='' char
    for char in ${(s::)text}; do
      case $char in
        [a-zA-Z0-9/._~-]) out+=$char ;;
        *) out+=%${(l:2::0:)$(([##16] #char))} ;;
      esac
    done
    printf '\e]7;file://%s%s\a' "${HOST-}" "$out"
  }

  _ptyd_precmd() {
    local ended=$?
    if ((_ptyd_running)); then
      printf '\e]133;D;%s\a' $ended
      _ptyd_running=0
    fi
    _ptyd_folder
    # Others may have made the prompt anew.
    if [[ $PS1 != *$'\e]133;A\a'* ]]; then PS1=$'%{\e]133;A\a%}'$PS1$'%{\e]133;B\a%}'; fi
  }

  _ptyd_preexec() {
    _ptyd_running=1
    printf '\e]133;C\a'
  }

  typeset -ga precmd_functions preexec_functions
  precmd_functions+=(_ptyd_precmd)
  preexec_functions+=(_ptyd_preexec)
fi
