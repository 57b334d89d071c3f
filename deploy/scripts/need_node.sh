#!/bin/bash
# Say in words when Node is missing or too old to build the web client.
set -euo pipefail
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "Building the web client needs Node 20 or newer with npm; none was found." >&2
    exit 1
fi
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; then
    echo "Building the web client needs Node 20 or newer; this is $(node --version)." >&2
    exit 1
fi
