# Tells the terminal about prompts, commands and their status (OSC 133) and the folder (OSC 7). For zsh 5.1 and later;
# to be sourced by interactive shells.
if [[ -o interactive && -z ${_ptyd_integrated-} ]]; then
  typeset -g _ptyd_integrated=1
  typeset -g _ptyd_running=0

  # Percent-encodes $1.
  _ptyd_encode() {
    emulate -L zsh -o no_multibyte
    local char
    _ptyd_encoded=
    for char in ${(s::)1}; do
      case $char in
        [a-zA-Z0-9/._~-]) _ptyd_encoded+=$char ;;
        *) _ptyd_encoded+=%${(l:2::0:)$(([##16] #char))} ;;
      esac
    done
  }

  _ptyd_folder() {
    local _ptyd_encoded
    _ptyd_encode "$PWD"
    printf '\e]7;file://%s%s\a' "${HOST-}" "$_ptyd_encoded"
  }

  _ptyd_precmd() {
    local ended=$?
    if ((_ptyd_running)); then
      _ptyd_running=0
      # Where zsh marks a line that has no end, that came first and told it; see _ptyd_preexec.
      if [[ -o prompt_sp && -o prompt_cr ]]; then
        if ((_ptyd_eol_set)); then PROMPT_EOL_MARK=$_ptyd_eol; else unset PROMPT_EOL_MARK; fi
      else
        printf '\e]133;D;%s\a' $ended
      fi
    fi
    _ptyd_folder
    # Others may have made the prompt anew.
    if [[ $PS1 != *$'\e]133;A\a'* ]]; then PS1=$'%{\e]133;A\a%}'$PS1$'%{\e]133;B\a%}'; fi
  }

  _ptyd_preexec() {
    local _ptyd_encoded=
    _ptyd_running=1
    # The mark is no output of the command: the end is told in front of it.
    typeset -gi _ptyd_eol_set=${+PROMPT_EOL_MARK}
    typeset -g _ptyd_eol=${PROMPT_EOL_MARK-'%B%S%#%s%b'}
    PROMPT_EOL_MARK=$'%{\e]133;D;%?\a%}'$_ptyd_eol
    # Empty when there is no history: then it is left to what the screen shows.
    if [[ -n $1 ]]; then
      _ptyd_encode "${1[1,4096]}"
      printf '\e]133;C;cmdline_url=%s\a' "$_ptyd_encoded"
    else
      printf '\e]133;C\a'
    fi
  }

  typeset -ga precmd_functions preexec_functions
  precmd_functions+=(_ptyd_precmd)
  preexec_functions+=(_ptyd_preexec)
fi
