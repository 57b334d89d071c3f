#!/bin/bash
# Install the Debian packages that only the tests need, when they are missing.
set -euo pipefail
wanted=(
    chromium         # one of the two browsers
    firefox-esr      # the other
    faketime         # another time of day for one program
    fonts-noto-cjk   # Korean in screenshots
    libnss3-tools    # lets both browsers trust a site's authority
    iproute2         # network namespaces
    nftables         # counts packets that leave
    postgresql       # the second database
    pulseaudio       # a sound device, without which Firefox plays nothing
    xvfb             # a screen, without which Firefox shares none
)
missing=()
for package in "${wanted[@]}"; do
    if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
        missing+=("$package")
    fi
done
if [[ ${#missing[@]} -eq 0 ]]; then
    exit 0
fi
if [[ $(id -u) -ne 0 ]]; then
    echo "The tests need Debian packages. Run this once, then try again:" >&2
    echo "  sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "Installing from Debian: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian starts a database when its package arrives; the tests start their own.
if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
