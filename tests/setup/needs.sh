# shellcheck shell=bash disable=SC2154 # root and output are set by tests/run
# What the suites need beside Rust. Installs Debian packages as root; otherwise says what to install.
# Sourced by tests/run. Every need_… answers whether it is there now.

apt_is_fresh=no

need_rust() {
  command -v cargo >/dev/null || die "cargo was not found. Install Rust $(rust_version) or newer: https://rustup.rs"
  command -v cc >/dev/null || need_package cc gcc libc6-dev ||
    die "a C compiler was not found. Install gcc or clang."
}

rust_version() { sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml"; }

# need_package NAME PACKAGE…: installs, or says what NAME needs.
need_package() {
  local name=$1
  shift
  if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
    say "$name is missing. On Debian or Ubuntu: sudo apt-get install $*"
    return 1
  fi
  say "installing $* ($name is missing)"
  export DEBIAN_FRONTEND=noninteractive
  if [[ $apt_is_fresh == no ]]; then
    apt-get update -qq >"$output/apt.log" 2>&1 || say "apt-get update failed: see tests/output/apt.log"
    apt_is_fresh=yes
  fi
  apt-get install -y -qq --no-install-recommends "$@" >>"$output/apt.log" 2>&1 || {
    say "apt-get install $* failed: see tests/output/apt.log"
    return 1
  }
}

need_openssl() {
  command -v openssl >/dev/null || need_package openssl openssl
}

need_postgres() {
  [[ -n ${YZT_TEST_POSTGRES_URL:-} ]] || has_postgres || { need_package PostgreSQL postgresql && has_postgres; }
}

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

need_redis() {
  [[ -n ${YZT_TEST_REDIS_URL:-} ]] || command -v redis-server >/dev/null || need_package Redis redis-server
}

# Tokens for the agent's PKCS #11, and the tools that fill them.
need_softhsm() {
  has_softhsm || { need_package "SoftHSM2 and OpenSC" softhsm2 opensc && has_softhsm; }
}

has_softhsm() {
  command -v softhsm2-util >/dev/null && command -v pkcs11-tool >/dev/null
}

# Sets YZT_CHROMIUM. The headless shell is the same engine without the browser's own windows, of which nobody sees any here,
# and needs a quarter less time.
need_chromium() {
  find_chromium_of chromium-headless-shell ||
    { need_package "Chromium's headless shell" chromium-headless-shell && find_chromium_of chromium-headless-shell; } ||
    find_chromium_of chromium chromium-browser google-chrome-stable google-chrome ||
    { need_package Chromium chromium && find_chromium_of chromium; }
}

find_chromium_of() {
  local name
  for name in "${YZT_CHROMIUM:-}" "$@"; do
    if [[ -n $name ]] && YZT_CHROMIUM=$(command -v "$name"); then
      export YZT_CHROMIUM
      return 0
    fi
  done
  unset YZT_CHROMIUM
  return 1
}

# Without one, screenshots show boxes for Chinese.
need_chinese_font() {
  has_chinese_font || { need_package "a Chinese font" fonts-noto-cjk && has_chinese_font; }
}

has_chinese_font() {
  if command -v fc-list >/dev/null; then
    [[ -n $(fc-list :lang=zh-cn family 2>/dev/null) ]]
  else
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null
  fi
}

need_node() {
  has_node || { need_package "Node.js 20 or newer" nodejs npm && has_node; } || {
    say "Node.js 20 or newer with npm is needed: https://nodejs.org"
    return 1
  }
}

has_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    (($(node -p 'process.versions.node.split(".")[0]') >= 20))
}

# The npm packages of tests/package-lock.json.
need_npm_packages() {
  local mark=$root/tests/node_modules/.package-lock.json
  if [[ ! -e $mark || $root/tests/package-lock.json -nt $mark ]]; then
    say "installing npm packages"
    (cd "$root/tests" && npm ci --loglevel=error >"$output/npm.log" 2>&1) || {
      say "npm ci failed: see tests/output/npm.log"
      return 1
    }
    touch "$mark"
  fi
}

# For the scripts of docs/certification: its standard library alone.
need_python() {
  command -v python3 >/dev/null || need_package Python python3
}

# The Python packages of tests/requirements.txt, in tests/.venv.
need_python_packages() {
  local mark=$root/tests/.venv/.requirements
  command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null ||
    need_package Python python3 python3-venv || return 1
  if [[ ! -e $mark ]] || ! cmp -s "$root/tests/requirements.txt" "$mark"; then
    say "installing Python packages"
    { python3 -m venv "$root/tests/.venv" &&
      "$root/tests/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/tests/requirements.txt"; } \
      >"$output/pip.log" 2>&1 || {
      say "pip install failed: see tests/output/pip.log"
      return 1
    }
    cp "$root/tests/requirements.txt" "$mark"
  fi
}

# Apache with mod_auth_openidc: the program without the service; the tests start one of their own.
need_mod_auth_openidc() {
  has_mod_auth_openidc ||
    { need_package "Apache with mod_auth_openidc" apache2-bin libapache2-mod-auth-openidc && has_mod_auth_openidc; }
}

has_mod_auth_openidc() {
  [[ -x /usr/sbin/apache2 && -e /usr/lib/apache2/modules/mod_auth_openidc.so ]]
}

# need_go_program NAME: builds tests/foreign/NAME, in Go with modules of others, as tests/output/NAME.
need_go_program() {
  local name=$1 go
  go=$(find_go) || { need_package Go golang-go && go=$(find_go); } || return 1
  (cd "$root/tests/foreign/$name" && "$go" build -o "$output/$name" .) >"$output/go-$name.log" 2>&1 || {
    say "go build failed: see tests/output/go-$name.log"
    return 1
  }
}

find_go() {
  command -v go || { [[ -x /usr/local/go/bin/go ]] && echo /usr/local/go/bin/go; }
}
