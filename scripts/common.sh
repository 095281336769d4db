# Sourced by demo and test: makes .venv if it is missing and installs the package with the tested versions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed (set PYTHON to one)" >&2
    return 1
}

# watched WORDS COMMAND...: runs a command that says little, and every three seconds how long it has run and its last line
watched() {
    local words=$1 log ticks=0 begun=$SECONDS pid
    shift
    log=$(mktemp)
    echo "$words" >&2
    "$@" >"$log" 2>&1 &
    pid=$!
    trap 'kill "$pid" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        ticks=$((ticks + 1))
        if [ $((ticks % 6)) -eq 0 ]; then
            printf '  %3d s  %s\n' $((SECONDS - begun)) "$(tail -n 1 "$log" | cut -c 1-100)" >&2
        fi
    done
    trap - INT TERM
    if ! wait "$pid"; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

install() { # install EXTRA ("" for none): does nothing when nothing changed since the last time
    local python wanted stamp=".venv/installed${1:+-$1}"
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        watched "making the environment .venv with $python (once)" "$python" -m venv .venv
    fi
    wanted=$(cat pyproject.toml constraints.txt | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        watched "installing the package and what it needs (once, some minutes; PyTorch is the largest)" \
            .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt \
            -e ".${1:+[$1]}"
        echo "$wanted" >"$stamp"
    fi
}
