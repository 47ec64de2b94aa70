#!/bin/sh
# Installs what remsfax needs and does not find: outside programs, a virtual environment, exact package versions.
# Usage: ./setup.sh [run|test]. A second call finds everything in place and takes a fraction of a second.
set -eu
cd "$(dirname "$0")"
purpose=${1:-run}
say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

python=
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || die "Python 3.11 or later is needed; install python3.11 and run this again."

# --- programs and libraries that are not Python --------------------------------------------------------------
has() { command -v "$1" >/dev/null 2>&1; }
has_library() { "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$1" >/dev/null 2>&1; }
has_postgres() { has postgres || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }

missing=
need() { missing="$missing $1"; }
has tesseract || need tesseract-ocr
{ has tesseract && tesseract --list-langs 2>/dev/null | grep -qx eng; } || need tesseract-ocr-eng
has pdftoppm || need poppler-utils
has_library libspandsp.so.2 || need libspandsp2
"$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || need "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
if [ "$purpose" = test ]; then
    has_postgres || need postgresql
    has chromium || need chromium
fi

if [ -n "$missing" ]; then
    has apt-get || die "please install$missing with this machine's package manager, then run this again."
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        has sudo || die "please install$missing as root (apt-get install$missing), then run this again."
        as_root=sudo
    fi
    say "installing$missing"
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive sh -c "apt-get update -q && apt-get install -q -y --no-install-recommends $missing" \
        >setup.log.tmp 2>&1 || { tail -n 5 setup.log.tmp >&2; die "apt-get could not install$missing; the end of its output stands above."; }
    rm -f setup.log.tmp
fi

# --- Python packages, exact versions with hashes --------------------------------------------------------------
stamp=.venv/.installed
wanted=$(cat requirements.lock pyproject.toml setup.sh | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ] && exit 0

[ -x .venv/bin/python ] || "$python" -m venv .venv
if ! [ -x .venv/bin/uv ]; then
    # uv installs the set in a fifth of pip's time; it is itself pinned by hash in the lock.
    awk '/^[a-z0-9]/ {keep = /^uv==/} keep' requirements.lock >.venv/uv.lock
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r .venv/uv.lock
fi
say "installing Python packages"
.venv/bin/uv pip sync -q -p .venv/bin/python --compile-bytecode --require-hashes requirements.lock
.venv/bin/uv pip install -q -p .venv/bin/python --no-deps --no-build-isolation --no-index -e .
printf '%s\n' "$wanted" >"$stamp"
say "ready"
