#!/usr/bin/env bash
# The Debian package from beginning to end: made, installed, run, checked, removed, purged; then nothing is left.
#
# Installs for real where this machine is root's and has no key-agent yet; otherwise it says so and ends with 77. Prints
# "ok NAME" or "not ok NAME" for each test.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${1:-${YZT_BIN:-$root/target/debug}/key-agent}
work=$(mktemp -d)
port=17699
failed=0
service=
state=$HOME/.local/state/key-agent

for tool in dpkg dpkg-deb curl; do
  command -v "$tool" >/dev/null || { echo "SKIPPED: $tool is missing" && exit 77; }
done
[[ $(id -u) == 0 ]] || { echo "SKIPPED: installing a package needs root" && exit 77; }
if dpkg-query -W key-agent >/dev/null 2>&1; then echo "SKIPPED: key-agent is installed here already" && exit 77; fi

finish() {
  [[ -z $service ]] || kill "$service" 2>/dev/null
  dpkg --purge key-agent >/dev/null 2>&1
  if [[ -e $work/kept ]]; then mkdir -p "$(dirname "$state")" && mv "$work/kept" "$state"; fi
  rm -rf "$work"
}
trap finish EXIT

check() {
  local name=$1
  shift
  if "$@" >"$work/told" 2>&1; then
    echo "ok $name"
  else
    echo "not ok $name"
    sed 's/^/    /' "$work/told"
    failed=$((failed + 1))
  fi
}

# Every file and link of the places a package may write to, but for dpkg's own books.
inventory() {
  find /etc /usr /var/lib /lib/systemd "$HOME" -xdev \( -path /var/lib/dpkg -o -path /usr/share/mime -o -path "$root" -o -path "$HOME/.cargo" -o -path "$HOME/.cache" -o -path "$HOME/.rustup" -o -path "$HOME/.npm" \) -prune -o -print 2>/dev/null |
    grep -E 'key-agent' | sort
}

builds() { package=$("$root/key-agent/package/build-deb.sh" "$program" "$work") && [[ -s $package ]]; }

is_orderly() {
  dpkg-deb --info "$package" >"$work/info" && dpkg-deb --contents "$package" >"$work/contents" || return 1
  grep -q '^ Depends: libc6 (>= ' "$work/info" || return 1
  # Everything is root's, nothing is writable by others or runs as root.
  ! awk '{ print $1, $2 }' "$work/contents" | grep -vE '^[-dl]rw[x-]r-[x-]r-[x-] root/root$|^l'
}

same_twice() {
  local again
  mkdir -p "$work/again" && again=$("$root/key-agent/package/build-deb.sh" "$program" "$work/again") && cmp "$package" "$again"
}

installs() {
  dpkg --install --force-depends "$package" && key-agent --version &&
    [[ -e /usr/lib/systemd/user/key-agent.service && -e /usr/share/applications/key-agent.desktop ]]
}

is_enabled() { [[ -L /etc/systemd/user/default.target.wants/key-agent.service ]]; }

unit_is_valid() {
  if command -v systemd-analyze >/dev/null; then systemd-analyze --user verify /usr/lib/systemd/user/key-agent.service; fi
  # What is started is what is installed.
  local command
  command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/user/key-agent.service)
  [[ $command == "/usr/bin/key-agent serve --config /etc/key-agent/agent.toml" && -x ${command%% *} ]]
}

desktop_entry_is_valid() {
  if command -v desktop-file-validate >/dev/null; then desktop-file-validate /usr/share/applications/key-agent.desktop; fi
  grep -q '^Name\[zh_CN\]=证书助手$' /usr/share/applications/key-agent.desktop
}

runs() {
  STATE_DIRECTORY=$state key-agent serve --config /etc/key-agent/agent.toml --port "$port" \
    >"$work/service" 2>&1 &
  service=$!
  for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/healthz" 2>/dev/null | grep -q '"status":"ok"' && break
    sleep 0.1
  done
  # The whole page first: a reader that leaves early would make curl fail.
  if ! curl -fsS "http://127.0.0.1:$port/" -o "$work/page" || ! grep -q 一键检测 "$work/page"; then
    cat "$work/service"
    return 1
  fi
}

checks() {
  key-agent check --port "$port" --json >"$work/check.json"
  grep -q '"text": "check-service-answers"' "$work/check.json" && grep -q '"text": "check-driver-none"' "$work/check.json"
}

stops() { kill "$service" && { wait "$service" || true; } && service= && [[ ! -e /proc/$! ]]; }

removes() {
  mkdir -p "$state" && echo '{}' >"$state/memory.json"
  dpkg --remove key-agent && [[ ! -e /usr/bin/key-agent && -e /etc/key-agent/agent.toml ]]
}

purges() { dpkg --purge key-agent; }

leaves_nothing() {
  inventory >"$work/after"
  diff "$work/before" "$work/after" && ! dpkg-query -W key-agent 2>/dev/null
}

# What an agent of this person keeps is set aside and put back.
[[ ! -e $state ]] || mv "$state" "$work/kept"
inventory >"$work/before"
package=
check "the package is made" builds
check "what is in it belongs to root and nobody else may write it" is_orderly
check "the same program makes the same package" same_twice
check "it installs" installs
check "the user service is enabled" is_enabled
check "the user service is valid" unit_is_valid
check "the desktop entry is valid" desktop_entry_is_valid
check "the service runs with the installed settings" runs
check "the check finds it, and finds that no driver is set" checks
check "it stops" stops
check "removing keeps the settings" removes
check "it purges" purges
check "nothing is left" leaves_nothing
exit $((failed > 0))
