#!/bin/bash
# Install or upgrade Pavilion from this directory, without any network.
# Running it again is harmless; data and configuration are never touched.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<END
Usage: ./install.sh [--prefix DIRECTORY] [--python PROGRAM] [--downgrade]

  --prefix DIRECTORY  install below DIRECTORY instead of / (no service is touched)
  --python PROGRAM    use this Python (default: python$(cat PYTHON))
  --downgrade         allow an older version than the installed one
END
}

fail() {
    echo "install: $*" >&2
    echo "install: nothing was changed." >&2
    exit 1
}

prefix=
python=python$(cat PYTHON)
downgrade=no
while [[ $# -gt 0 ]]; do
    case $1 in
        --prefix) prefix=$(realpath -m "${2:?a directory is missing}"); shift 2 ;;
        --python) python=${2:?a program is missing}; shift 2 ;;
        --downgrade) downgrade=yes; shift ;;
        --help | -h) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

# The archive is complete and contains no other files.
sha256sum --check --strict --quiet SHA256SUMS ||
    fail "a file differs from SHA256SUMS. Copy the archive again, and compare its own SHA-256."
listed=$(sed 's/^[0-9a-f]*  //' SHA256SUMS | LC_ALL=C sort)
present=$(find . -type f ! -path ./SHA256SUMS -printf '%P\n' | LC_ALL=C sort)
[[ $listed == "$present" ]] || fail "there are files that SHA256SUMS does not list."

# The host is supported.
[[ $(uname -sm) == "Linux x86_64" ]] || fail "this archive is for Linux on x86-64."
command -v "$python" >/dev/null ||
    fail "this archive needs Python $(cat PYTHON); name it with --python."
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[[ $found == "$(cat PYTHON)" ]] ||
    fail "this archive needs Python $(cat PYTHON); $python is $found."
[[ -n $prefix || $(id -u) -eq 0 ]] || fail "run it as root, or with --prefix."

version=$(cat VERSION)
base=$prefix/opt/pavilion
release=$base/releases/$version-$(sha256sum SHA256SUMS | cut -c1-8)
if [[ -L $base/current ]]; then
    installed=$("$base/current/bin/python" -c \
        'import importlib.metadata as m; print(m.version("pavilion"))' 2>/dev/null || echo 0)
    newest=$(printf '%s\n%s\n' "$installed" "$version" | sort -V | tail -1)
    [[ $newest == "$version" || $downgrade == yes ]] ||
        fail "version $installed is installed, which is newer than $version (--downgrade allows it)."
fi

# Install into a new directory; the running version is not affected.
if [[ ! -e $release/.complete ]]; then
    echo "Installing Pavilion $version into $release"
    rm -rf "$release"
    mkdir -p "$release"
    trap 'rm -rf "$release"' EXIT
    "$python" -m venv --without-pip "$release"
    PYTHONPATH=$(echo "$PWD"/tools/pip-*.whl) "$release/bin/python" -m pip \
        --isolated --disable-pip-version-check --no-cache-dir install --quiet --no-index \
        --find-links wheels --only-binary :all: --require-hashes -r requirements.txt
    mkdir "$release/share"
    cp share/* "$release/share/"
    "$release/bin/pavilion" version >/dev/null
    touch "$release/.complete"
    trap - EXIT
fi

# Switch to the new release by one rename.
previous=$(readlink "$base/current" 2>/dev/null || true)
ln -sfn "releases/$(basename "$release")" "$base/current.new"
mv -T "$base/current.new" "$base/current"
mkdir -p "$prefix/usr/local/bin" "$prefix/etc/pavilion" "$prefix/etc/systemd/system"
ln -sfn /opt/pavilion/current/bin/pavilion "$prefix/usr/local/bin/pavilion"
if [[ ! -e $prefix/etc/pavilion/pavilion.toml ]]; then
    install -m 0644 share/pavilion.sample.toml "$prefix/etc/pavilion/pavilion.toml"
fi
install -m 0644 share/pavilion.sample.toml "$prefix/etc/pavilion/pavilion.sample.toml"
install -m 0644 share/pavilion.service "$prefix/etc/systemd/system/pavilion.service"

# Keep this release and the one before it.
for old in "$base"/releases/*; do
    name=releases/$(basename "$old")
    [[ $name == "$(readlink "$base/current")" || $name == "$previous" ]] || rm -rf "$old"
done

echo "Pavilion $version is installed in $base/current"
if [[ -z $prefix && -d /run/systemd/system ]]; then
    systemctl daemon-reload
    if systemctl --quiet is-active pavilion; then
        systemctl restart pavilion
        echo "The service was restarted; its clients reconnect automatically."
    else
        echo "Start it, now and at every boot:   systemctl enable --now pavilion"
        echo "Then read its one-time link:       journalctl -u pavilion -n 40"
    fi
else
    echo "Start it: $base/current/bin/pavilion serve --config $prefix/etc/pavilion/pavilion.toml"
fi
