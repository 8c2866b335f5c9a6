# shellcheck shell=bash
# Tells the terminal about prompts, commands and their status (OSC 133) and the folder (OSC 7). For bash 4.4 and later;
# to be sourced by interactive shells, at the end of .bashrc.
if [[ $- == *i* && -z ${_ptyd_integrated-} && ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
  _ptyd_integrated=1
  _ptyd_running=0
  _ptyd_nothing=
  _ptyd_number=

  # Percent-encodes $1.
  _ptyd_encode() {
    local LC_ALL=C text=$1 char i
    _ptyd_encoded=
    for ((i = 0; i < ${#text}; i++)); do
      char=${text:i:1}
      case $char in
      [a-zA-Z0-9/._~-]) _ptyd_encoded+=$char ;;
      *)
        printf -v char '%%%02X' "'$char"
        # Of bytes above 127 printf may tell a negative number.
        _ptyd_encoded+=%${char: -2}
        ;;
      esac
    done
  }

  _ptyd_folder() {
    local _ptyd_encoded
    _ptyd_encode "$PWD"
    printf '\e]7;file://%s%s\a' "${HOSTNAME-}" "$_ptyd_encoded"
  }

  # The newest line that history has, and its number.
  _ptyd_history() {
    _ptyd_entry=$(HISTTIMEFORMAT='' builtin history 1)
    _ptyd_entry=${_ptyd_entry#"${_ptyd_entry%%[0-9]*}"}
    _ptyd_newest=${_ptyd_entry%%[!0-9]*}
  }

  # The command line, when it was added to history: otherwise it is left to what the screen shows.
  _ptyd_line() {
    local LC_ALL=C _ptyd_encoded line
    _ptyd_history
    if [[ -z $_ptyd_newest || $_ptyd_newest == "$_ptyd_number" ]]; then return; fi
    line=${_ptyd_entry:${#_ptyd_newest}+2:4096}
    # Letter by letter only where there is a need.
    if [[ $line == *[![:print:]]* ]]; then
      _ptyd_encode "$line"
    else
      _ptyd_encoded=${line//%/%25}
      _ptyd_encoded=${_ptyd_encoded//;/%3B}
    fi
    printf ';cmdline_url=%s' "$_ptyd_encoded"
  }

  # The first of all that runs before a prompt: what comes later changes the status.
  _ptyd_before() {
    _ptyd_status=$?
    return "$_ptyd_status"
  }

  # The last one: others may have made the prompt anew.
  _ptyd_prompt() {
    if ((_ptyd_running)); then
      printf '\e]133;D;%s\a' "$_ptyd_status"
      _ptyd_running=0
    fi
    _ptyd_folder
    _ptyd_history
    _ptyd_number=$_ptyd_newest
    if [[ $PS1 != *'\e]133;A\a'* ]]; then PS1='\[\e]133;A\a\]'$PS1'\[\e]133;B\a\]'; fi
    return "$_ptyd_status"
  }

  # The subscript is evaluated by this shell itself, so the assignment stays.
  PS0='${_ptyd_nothing:$((_ptyd_running = 1, 0)):0}\e]133;C$(_ptyd_line)\a'${PS0-}
  if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == 'declare -a'* ]]; then
    PROMPT_COMMAND=(_ptyd_before "${PROMPT_COMMAND[@]}" _ptyd_prompt)
  else
    PROMPT_COMMAND=$'_ptyd_before\n'${PROMPT_COMMAND-}$'\n_ptyd_prompt'
  fi
fi
