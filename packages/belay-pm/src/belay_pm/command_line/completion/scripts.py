"""What a shell is taught: to ask the program itself at each TAB.

A script sends the line up to the cursor in the environment, where no word of it can be lost or mean
something, and reads lines: `words` and the candidates, or `files` when the shell knows the answer itself.
The words with a percent sign are typer's, which puts the scripts where each shell looks for them.
"""

from __future__ import annotations

__all__ = ["SCRIPTS"]

_BASH = r"""
%(complete_func)s() {
    local kind line
    COMPREPLY=()
    {
        read -r kind
        while IFS= read -r line; do COMPREPLY+=("$line"); done
    } < <(%(autocomplete_var)s=bash %(autocomplete_var)s_LINE="${COMP_LINE:0:$COMP_POINT}" \
          %(autocomplete_var)s_BREAKS="$COMP_WORDBREAKS" "$1" 2>/dev/null </dev/null)
    if [[ $kind == files ]]; then
        type compopt &>/dev/null && compopt -o bashdefault -o default
    elif [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/:=] ]]; then
        type compopt &>/dev/null && compopt -o nospace
    fi
}

complete -F %(complete_func)s %(prog_name)s
"""  # bash 3.2, which is what macOS has, knows neither `mapfile` nor `compopt`

_ZSH = r"""
#compdef %(prog_name)s

%(complete_func)s() {
    local line kind
    local -a typed whole whole_shown open open_shown
    typed=(${words[1,CURRENT-1]} "${QIPREFIX}${PREFIX}")
    while IFS= read -r line; do
        if [[ -z $kind ]]; then
            kind=$line
        elif [[ ${line%%%%$'\t'*} == *[/:=] ]]; then
            open+=("${line%%%%$'\t'*}")
            open_shown+=("${line/$'\t'/  -- }")
        else
            whole+=("${line%%%%$'\t'*}")
            whole_shown+=("${line/$'\t'/  -- }")
        fi
    done < <(%(autocomplete_var)s=zsh %(autocomplete_var)s_LINE="${(j: :)typed}" \
        ${words[1]} 2>/dev/null </dev/null)
    if [[ $kind == files ]]; then
        _files
        return
    fi
    compadd -l -d open_shown -S '' -a open
    compadd -l -d whole_shown -a whole
}

if [[ $funcstack[1] == _%(prog_name)s ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""  # as a file of the folder of completions it is the function's body at the first TAB

_FISH = r"""
function %(complete_func)s
    set -l typed (commandline -cp)
    set -l lines (env %(autocomplete_var)s=fish %(autocomplete_var)s_LINE="$typed" \
        %(prog_name)s 2>/dev/null </dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path (commandline -ct)
        case words
            printf '%%s\n' $lines[2..-1]
    end
end

complete --command %(prog_name)s --no-files --arguments '(%(complete_func)s)'
"""

_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $length = $cursorPosition - $commandAst.Extent.StartOffset
    $Env:%(autocomplete_var)s = "powershell"
    $Env:%(autocomplete_var)s_LINE = $commandAst.ToString().PadRight($length).Substring(0, $length)
    try {
        %(prog_name)s 2>$null | Select-Object -Skip 1 | ForEach-Object {
            $value, $typed, $help = $_ -split "`t"
            [System.Management.Automation.CompletionResult]::new($typed, $value, 'ParameterValue', $help)
        }
    } finally {
        Remove-Item Env:%(autocomplete_var)s, Env:%(autocomplete_var)s_LINE
    }
}
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL, "pwsh": _POWERSHELL}
"""Shell, as typer calls it -> its script."""
