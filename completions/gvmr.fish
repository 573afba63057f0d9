# gvmr in fish (3.0 and newer): asks gvmr what fits at the cursor.

function __gvmr_complete
    command -sq gvmr
    or return
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # WORD, tab, HELP, one a line; the first line says what fish is to add. By env, since of a program that cannot run
    # fish complains itself.
    set -l answer (command env gvmr completions fish -- $words "$current" </dev/null 2>/dev/null)
    set -q answer[2]
    and printf '%s\n' $answer[2..-1]
    switch "$answer[1]"
        case archives
            # What fish offers to a command that it does not know.
            set -l files (complete -C "__gvmr_no_such_command $current")
            string match -r '^.*(?:/|\.tar\.gz|\.tar\.xz|\.zip)$' -- $files
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current" ''
        case 'command *'
            set -l first (math (string replace 'command ' '' -- $answer[1]) + 1)
            set -l rest
            set -q words[$first]
            and set rest (string escape -- $words[$first..-1])
            complete -C (string join ' ' -- $rest "$current")
    end
end

complete -c gvmr -e
complete -c gvmr -f -k -a '(__gvmr_complete)'
