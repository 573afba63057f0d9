# >>> gvmr >>> setup made: this file
if [ -r "${HOME:-@ROOT@/user}/.local/share/gvmr/env" ]; then . "${HOME:-@ROOT@/user}/.local/share/gvmr/env"; fi
# <<< gvmr <<<
