#!/bin/bash
# Make a virtual environment: make_venv.sh PYTHON DIRECTORY
# Debian ships venv without ensurepip; this says so, and mends it when it may.
set -euo pipefail
python=$1
venv=$2

if ! command -v "$python" >/dev/null; then
    echo "Pavilion needs Python 3.11 or newer, and '$python' was not found." >&2
    echo "On Debian 12: apt-get install -y python3 python3-venv" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Pavilion needs Python 3.11 or newer; this is $("$python" --version)." >&2
    echo "Name another one with: make PYTHON=/path/to/python3.11 …" >&2
    exit 1
fi
if [[ -x $venv/bin/pip ]]; then
    exit 0
fi
echo "Making a Python environment in $venv"
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "This Python has no ensurepip, which makes environments."
    if [[ $(id -u) -ne 0 ]]; then
        echo "Run this once, then try again: sudo apt-get install -y python3-venv" >&2
        exit 1
    fi
    echo "Installing python3-venv from Debian"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
fi
"$python" -m venv "$venv"
