# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_gvmr_global_optspecs
    string join \n q/quiet h/help V/version
end

function __fish_gvmr_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_gvmr_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_gvmr_using_subcommand
    set -l cmd (__fish_gvmr_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c gvmr -n "__fish_gvmr_needs_command" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_needs_command" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_needs_command" -s V -l version -d 'Print version'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "install" -d 'Install one or several versions; with none given, what this directory asks for'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "i" -d 'Install one or several versions; with none given, what this directory asks for'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "uninstall" -d 'Remove installed versions'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "rm" -d 'Remove installed versions'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "use" -d 'Pin a version for this directory (.go-version), or the default with --global'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "global" -d 'Set the default version'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "list" -d 'Show what is installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "ls" -d 'Show what is installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "ls-remote" -d 'Show what can be installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "search" -d 'Show what can be installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "current" -d 'Show the version that runs here, and why'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "which" -d 'Show the path of the program that runs here'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "where" -d 'Show where a version is installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "exec" -d 'Run a command with a version: gvmr exec 1.22 -- go test ./...'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "x" -d 'Run a command with a version: gvmr exec 1.22 -- go test ./...'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "host" -d 'Show what this host is, and which versions run here; nothing is downloaded or run'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "verify" -d 'Compare whole installed trees with Go\'s transparency log'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "prune" -d 'Remove patch releases that a newer one replaces, but for the default, what this directory asks for, and what a pin asks for that gvmr wrote or installed for'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "shim-missing" -d 'Called by the shim for a version that is not installed'
complete -c gvmr -n "__fish_gvmr_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -l from-source -d 'Build it here from its proved sources'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -l force -d 'Install what cannot run here too'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -l allow-unlogged -d 'Install a build too that neither Go\'s log nor an index vouches for; the receipt and `list` say so'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -l json -d 'Print the outcome as JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand install" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -l from-source -d 'Build it here from its proved sources'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -l force -d 'Install what cannot run here too'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -l allow-unlogged -d 'Install a build too that neither Go\'s log nor an index vouches for; the receipt and `list` say so'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -l json -d 'Print the outcome as JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand i" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand uninstall" -s f -l force -d 'Remove a version that is running or is the default'
complete -c gvmr -n "__fish_gvmr_using_subcommand uninstall" -l json -d 'Print the outcome as JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand uninstall" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand uninstall" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand rm" -s f -l force -d 'Remove a version that is running or is the default'
complete -c gvmr -n "__fish_gvmr_using_subcommand rm" -l json -d 'Print the outcome as JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand rm" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand rm" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand use" -s g -l global -d 'Set the default instead of writing .go-version'
complete -c gvmr -n "__fish_gvmr_using_subcommand use" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand use" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand global" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand global" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand list" -l json -d 'Print JSON, with each version\'s receipt'
complete -c gvmr -n "__fish_gvmr_using_subcommand list" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand list" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls" -l json -d 'Print JSON, with each version\'s receipt'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls-remote" -l prereleases -l pre -d 'Show betas and release candidates too'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls-remote" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls-remote" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand ls-remote" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand search" -l prereleases -l pre -d 'Show betas and release candidates too'
complete -c gvmr -n "__fish_gvmr_using_subcommand search" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand search" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand search" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand current" -l why -d 'Say which file, line and rule decided'
complete -c gvmr -n "__fish_gvmr_using_subcommand current" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand current" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand current" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand which" -l why -d 'Say which file, line and rule decided'
complete -c gvmr -n "__fish_gvmr_using_subcommand which" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand which" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand which" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand where" -l shims -d 'Show the shim directory: the one that belongs on PATH'
complete -c gvmr -n "__fish_gvmr_using_subcommand where" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand where" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand where" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand exec" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand exec" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand x" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand x" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand host" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand host" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand host" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand verify" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand verify" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand verify" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand prune" -s n -l dry-run -d 'Only show what would be removed'
complete -c gvmr -n "__fish_gvmr_using_subcommand prune" -s y -l yes -d 'Do not ask'
complete -c gvmr -n "__fish_gvmr_using_subcommand prune" -l json -d 'Print JSON'
complete -c gvmr -n "__fish_gvmr_using_subcommand prune" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand prune" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand completions" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand completions" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l home -d 'The shim\'s home' -r -F
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l version -d 'What was asked for: 1.23, 1.23.4' -r
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l reason -d 'Who asks for it, in words' -r
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l file -d 'The file that asks for it' -r -F
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l line -d 'The line in that file' -r
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -l exact -d 'Whether it was asked for by name, so that the go command must not switch to another'
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -s q -l quiet -d 'Say nothing but results and errors'
complete -c gvmr -n "__fish_gvmr_using_subcommand shim-missing" -s h -l help -d 'Print help'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "install" -d 'Install one or several versions; with none given, what this directory asks for'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "uninstall" -d 'Remove installed versions'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "use" -d 'Pin a version for this directory (.go-version), or the default with --global'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "global" -d 'Set the default version'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "list" -d 'Show what is installed'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "ls-remote" -d 'Show what can be installed'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "current" -d 'Show the version that runs here, and why'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "which" -d 'Show the path of the program that runs here'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "where" -d 'Show where a version is installed'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "exec" -d 'Run a command with a version: gvmr exec 1.22 -- go test ./...'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "host" -d 'Show what this host is, and which versions run here; nothing is downloaded or run'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "verify" -d 'Compare whole installed trees with Go\'s transparency log'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "prune" -d 'Remove patch releases that a newer one replaces, but for the default, what this directory asks for, and what a pin asks for that gvmr wrote or installed for'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "completions" -d 'Print the completion script of a shell'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "shim-missing" -d 'Called by the shim for a version that is not installed'
complete -c gvmr -n "__fish_gvmr_using_subcommand help; and not __fish_seen_subcommand_from install uninstall use global list ls-remote current which where exec host verify prune completions shim-missing help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
