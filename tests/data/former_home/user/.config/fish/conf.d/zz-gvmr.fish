# Written by gvmr setup.
if test -r "$HOME/.local/share/gvmr/env.fish"; source "$HOME/.local/share/gvmr/env.fish"; end
# gvmr setup made 2 directories for this file
