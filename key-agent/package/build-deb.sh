#!/usr/bin/env bash
# Makes the Debian package out of a built program: build-deb.sh PROGRAM FOLDER. Prints the package's path.
#
# Needs dpkg-deb, gzip and strip (optional); no network and no root. The same inputs give the same package: times are
# those of SOURCE_DATE_EPOCH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=${1:?the built program key-agent}
folder=${2:?where the package goes}
version=$("$program" --version | awk '{ print $2 }')
arch=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$program")}

main() {
  local root
  root=$(mktemp -d)
  trap "rm -rf '$root'" EXIT
  chmod 755 "$root"
  files "$root"
  control "$root"
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  mkdir -p "$folder"
  dpkg-deb --root-owner-group --build "$root" "$folder/key-agent_${version}_${arch}.deb" >/dev/null
  echo "$folder/key-agent_${version}_${arch}.deb"
}

files() {
  local root=$1 doc=$1/usr/share/doc/key-agent
  install -D -m 755 "$program" "$root/usr/bin/key-agent"
  if command -v strip >/dev/null; then strip "$root/usr/bin/key-agent"; fi
  put key-agent.service "$root/usr/lib/systemd/user/key-agent.service"
  put key-agent.desktop "$root/usr/share/applications/key-agent.desktop"
  put key-agent.svg "$root/usr/share/icons/hicolor/scalable/apps/key-agent.svg"
  put agent.toml "$root/etc/key-agent/agent.toml"
  put example.toml "$doc/examples/agent.toml"
  put ../../LICENSE "$doc/copyright"
  put key-agent.1 "$root/usr/share/man/man1/key-agent.1"
  gzip -9n "$root/usr/share/man/man1/key-agent.1"
}

put() { install -D -m 644 "$here/$1" "$2"; }

control() {
  local root=$1 name
  mkdir -m 755 "$root/DEBIAN"
  cat >"$root/DEBIAN/control" <<TEXT
Package: key-agent
Version: $version
Architecture: $arch
Maintainer: key-agent <key-agent@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: $(needed_libraries), ca-certificates
Recommends: pcscd
Suggests: opensc
Section: utils
Priority: optional
Description: certificate assistant (证书助手) beside a CA lock
 The loopback service that signs with a CA lock what an allowed website asks
 for, and the assistant: check, certificates, e-seals, sign-in, tidying,
 questions and signed updates.
TEXT
  echo /etc/key-agent/agent.toml >"$root/DEBIAN/conffiles"
  for name in postinst prerm postrm; do install -m 755 "$here/$name" "$root/DEBIAN/$name"; done
}

# The C library that the program was linked against, at least.
needed_libraries() {
  local newest
  newest=$(objdump -T "$program" 2>/dev/null | sed -n 's/.*GLIBC_\([0-9][0-9.]*\).*/\1/p' | sort -V | tail -1)
  echo "libc6${newest:+ (>= $newest)}, libgcc-s1"
}

main
