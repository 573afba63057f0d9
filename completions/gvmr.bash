# gvmr in bash (4.2 and newer, with or without the package bash-completion): asks gvmr what fits at the cursor.

_gvmr() {
    COMPREPLY=()
    type -P gvmr >/dev/null || return 0
    local IFS=$'\n' offset
    local -a answer
    # Words without spaces or patterns, one a line; the first says what bash is to add.
    answer=($(command gvmr completions bash -- "${COMP_WORDS[@]:0:COMP_CWORD}" "$2" </dev/null 2>/dev/null))
    IFS=$' \t\n'
    [[ -n ${answer-} ]] || return 0
    COMPREPLY=("${answer[@]:1}")
    case ${answer[0]} in
    archives | files) compopt -o default ;;
    directories) compopt -o dirnames ;;
    command\ *)
        offset=${answer[0]#command }
        if declare -F _comp_command_offset >/dev/null; then
            _comp_command_offset "$offset"
        elif declare -F _command_offset >/dev/null; then
            _command_offset "$offset"
        else
            compopt -o bashdefault -o default
            if ((COMP_CWORD == offset)); then
                IFS=$'\n' COMPREPLY=($(compgen -c -- "$2"))
            fi
        fi
        COMPREPLY+=("${answer[@]:1}")
        ;;
    esac
}

complete -o nosort -F _gvmr gvmr 2>/dev/null || complete -F _gvmr gvmr
