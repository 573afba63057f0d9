# Written by gvmr setup: puts the shims of gvmr first on PATH, for fish.
set -l __gvmr_home '@ROOT@/user/.local/share/gvmr'
set -l __gvmr_user
switch "$HOME"
    case '*:*'
    case / '/*/'
        set __gvmr_user (string replace -r '/$' '' -- $HOME)
    case '/*'
        set __gvmr_user $HOME
end
if set -q __gvmr_user[1]; and test -d "$__gvmr_user"'/.local/share/gvmr/shims'
    set __gvmr_home "$__gvmr_user"'/.local/share/gvmr'
end
set -l __gvmr_shims $__gvmr_home/shims
set -l __gvmr_bin
set -l __gvmr_path
set -l __gvmr_one

# nix-shell and direnv keep their order.
if test -z "$IN_NIX_SHELL$DIRENV_DIR"; or not contains -- $__gvmr_shims $PATH
    # Where go install puts programs: there already, or last.
    set __gvmr_bin $__gvmr_user/go/bin
    switch "$GOPATH[1]"
        case '*:*'
        case / '/*/'
            set __gvmr_bin (string replace -r '/$' '' -- $GOPATH[1])/bin
        case '/*'
            set __gvmr_bin $GOPATH[1]/bin
    end
    switch "$GOBIN"
        case '*:*' /
        case '/*/'
            set __gvmr_bin (string replace -r '/$' '' -- $GOBIN)
        case '/*'
            set __gvmr_bin $GOBIN
    end
    if contains -- "$__gvmr_bin" $__gvmr_shims '@ROOT@/user/.local/share/gvmr/shims'
        set __gvmr_bin
    end

    set __gvmr_path $PATH
    set -q __gvmr_path[1]; or set __gvmr_path /usr/local/bin /usr/bin /bin
    test "$__gvmr_path[1]" = $__gvmr_shims; and set -e __gvmr_path[1]
    for __gvmr_one in $__gvmr_shims $__gvmr_shims/ '@ROOT@/user/.local/share/gvmr/shims' '@ROOT@/user/.local/share/gvmr/shims/' '~/.local/share/gvmr/shims' '$HOME/.local/share/gvmr/shims' '${HOME}/.local/share/gvmr/shims'
        while contains -- $__gvmr_one $__gvmr_path
            set -e __gvmr_path[(contains -i -- $__gvmr_one $__gvmr_path)]
        end
    end
    if set -q __gvmr_bin[1]
        while contains -- $__gvmr_bin/ $__gvmr_path
            set __gvmr_path[(contains -i -- $__gvmr_bin/ $__gvmr_path)] $__gvmr_bin
        end
        # Where an earlier reading has put it, mostly.
        test "$__gvmr_path[-1]" = $__gvmr_bin; and set -e __gvmr_path[-1]
        if contains -- $__gvmr_bin $__gvmr_path
            set __gvmr_one (contains -i -- $__gvmr_bin $__gvmr_path)
            set -l __gvmr_rest $__gvmr_path
            set -e __gvmr_rest[1..$__gvmr_one]
            while contains -- $__gvmr_bin $__gvmr_rest
                set -e __gvmr_rest[(contains -i -- $__gvmr_bin $__gvmr_rest)]
            end
            set __gvmr_path $__gvmr_path[1..$__gvmr_one] $__gvmr_rest
        else
            set __gvmr_path $__gvmr_path $__gvmr_bin
        end
    end
    set -gx PATH $__gvmr_shims $__gvmr_path
end

if status is-interactive; and test -r $__gvmr_home/completions/gvmr.fish
    contains -- $__gvmr_home/completions $fish_complete_path
    or set -g fish_complete_path $fish_complete_path $__gvmr_home/completions
end
