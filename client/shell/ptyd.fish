# Tells the terminal about prompts, commands and their status (OSC 133) and the folder (OSC 7). For fish 3; version 4
# does so by itself. To be sourced by interactive shells, behind what defines the prompt.
if status is-interactive; and not set -q _ptyd_integrated; and test (string split . -- $version)[1] -lt 4
    set -g _ptyd_integrated 1

    function _ptyd_folder --on-variable PWD
        printf '\e]7;file://%s%s\a' (hostname 2>/dev/null; or echo) (string escape --style=url -- $PWD)
    end

    functions -q fish_prompt; and functions -c fish_prompt _ptyd_users_prompt
    function fish_prompt
        set -l ended $status
        printf '\e]133;A\a'
        # The user's prompt may show the status.
        if functions -q _ptyd_users_prompt
            _ptyd_set_status $ended
            _ptyd_users_prompt
        end
        printf '\e]133;B\a'
    end

    function _ptyd_set_status
        return $argv[1]
    end

    function _ptyd_preexec --on-event fish_preexec
        printf '\e]133;C;cmdline_url=%s\a' (string sub --length 4096 -- "$argv[1]" | string collect | string escape --style=url | string collect)
    end

    function _ptyd_postexec --on-event fish_postexec
        printf '\e]133;D;%s\a' $status
    end

    _ptyd_folder
end
