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

install() { # install EXTRA ("" for none): does nothing when nothing changed since the last time
    local python wanted stamp=".venv/installed${1:+-$1}"
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        "$python" -m venv .venv
    fi
    wanted=$(cat pyproject.toml constraints.txt | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        .venv/bin/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -e ".${1:+[$1]}"
        echo "$wanted" >"$stamp"
    fi
}
