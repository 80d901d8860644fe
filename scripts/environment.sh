# Sourced by the other scripts: where things live outside the checkout, and how progress and failures are told.
set -euo pipefail
export AERIE_CACHE=${AERIE_CACHE:-$HOME/.cache/aerie}
# What lies beside the checkout and not in it, such as the tool that builds a current API server.
export AERIE_SHARED=${AERIE_SHARED:-$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/../../shared")}
export PATH=$PATH:$AERIE_CACHE/kubernetes/bin # what is installed on the machine comes first
TENSORFLOW_VERSION=2.21.0
export TENSORFLOW=$AERIE_CACHE/tensorflow/$TENSORFLOW_VERSION

step() { printf '==> %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need_space GIB FOLDER WHAT: fails early, with a clear message, rather than late with a full disk.
need_space() {
    mkdir -p "$2"
    local free=$(($(df --output=avail -k "$2" | tail -n 1) / 1048576))
    [ "$free" -ge "$1" ] || fail "$3 needs $1 GiB free under $2, which has $free GiB (set AERIE_CACHE to a folder with room)"
}

# quietly LOG WHAT COMMAND...: runs a long command with its output in LOG, says every half minute that it is alive,
# and shows the end of the log when it fails.
quietly() {
    local log=$1 what=$2 began=$SECONDS command told=0
    shift 2
    mkdir -p "$(dirname "$log")"
    step "$what (log: $log)"
    "$@" > "$log" 2>&1 < /dev/null &
    command=$!
    # A command in the background does not hear Ctrl-C by itself.
    trap 'kill "$command" 2> /dev/null; exit 130' INT TERM
    while kill -0 "$command" 2> /dev/null; do
        sleep 0.2
        if ((SECONDS - began >= 30 && (SECONDS - began) % 30 == 0 && SECONDS != told)); then
            told=$SECONDS
            printf '    … still at it after %d s\n' $((SECONDS - began))
        fi
    done
    trap - INT TERM
    if wait "$command"; then
        printf '    done in %d s\n' $((SECONDS - began))
    else
        tail -n 30 "$log" >&2
        fail "$what failed; the whole log is $log"
    fi
}
