# shellcheck shell=bash disable=SC2154 # root and output are set by tests/run
# What each suite runs, and how its results are counted. Sourced by tests/run.
#
# Every cargo command says --workspace and narrows by target: cargo unites features over
# the packages it is given, so naming single packages would build their dependencies a second time.

build() {
  heading "build"
  local began=$SECONDS
  cargo build --workspace --all-targets || die "the build failed"
  say "(the build took $((SECONDS - began)) s)"
}

suite_unit() {
  need_openssl || skip_missing "chains that the openssl command makes"
  local names=() name
  while read -r name; do names+=(--test "$name"); done < <(unit_test_targets)
  export YZT_TEST_REQUIRE_ALL=1
  need_softhsm || { skip_missing "locks behind PKCS #11 (SoftHSM2)" && export YZT_TEST_REQUIRE_ALL=0; }
  cargo_tests unit test --workspace --no-fail-fast --lib --bins "${names[@]}" -- --skip corpora::
  unset YZT_TEST_REQUIRE_ALL
  cargo_tests doc test --workspace --doc --no-fail-fast
}

# Test binaries of all packages but the ones with suites of their own.
unit_test_targets() {
  local file
  for file in */tests/*.rs */tests/*/main.rs idp/*/tests/*.rs idp/*/tests/*/main.rs; do
    [[ -e $file ]] || continue
    file=${file%/main.rs}
    file=$(basename "$file" .rs)
    [[ $file == conformance ]] || echo "$file"
  done | sort -u
}

suite_storage() {
  need_openssl || skip_missing "TLS to PostgreSQL"
  # Some tests panic on purpose; their traces would bury the rest.
  export RUST_BACKTRACE=0
  # Named together with e2e, of which nothing runs: by itself it would have Diesel built a second time.
  local nothing=(--skip flows:: --skip attacks:: --skip walls:: --skip habits::)
  with_servers cargo_tests storage test --workspace --no-fail-fast --test conformance --test e2e -- --nocapture "${nothing[@]}"
}

# Tests that go through HTTP wait most of their time: for a minute's pause, a moment's end, an answer.
waiting_threads() {
  echo $((3 * $(nproc)))
}

suite_flows() {
  need_softhsm || skip_missing "signing keys behind PKCS #11 (SoftHSM2)"
  with_servers cargo_tests flows test --workspace --no-fail-fast --test e2e -- --test-threads="$(waiting_threads)" flows::
}

suite_attacks() {
  need_softhsm || skip_missing "signing keys behind PKCS #11 (SoftHSM2)"
  cargo_tests attacks test --workspace --no-fail-fast --test e2e -- --test-threads="$(waiting_threads)" attacks::
}

suite_corpora() {
  if [[ ! -d $YZT_CORPORA ]]; then
    skip_optional "no test vectors at $YZT_CORPORA (YZT_CORPORA names another folder)"
    return 0
  fi
  cargo_tests corpora test --workspace --no-fail-fast --test pki -- corpora:: --nocapture
}

# Installs for real, so it needs root and a machine without the package; 77: it could not be tried here.
suite_package() {
  local status=0 log=$output/package.log
  "$root/tests/package/run.sh" "$YZT_BIN/key-agent" 2>&1 | tee "$log" || status=$?
  if ((status == 77)); then
    skip_missing "the Debian package: $(sed -n 's/^SKIPPED: //p' "$log")"
    return 0
  fi
  sed -n 's/^not ok //p' "$log" >>"$output/failures.txt"
  count_run "$status" "$(grep -c '^ok ' "$log") $(grep -c '^not ok ' "$log") 0"
}

suite_browser() {
  if need_chromium && need_node && need_npm_packages; then
    need_chinese_font || skip_missing "Chinese in the screenshots"
    need_openssl || skip_missing "locks that the openssl command takes apart"
    need_softhsm || skip_missing "signing in with a lock behind PKCS #11 (SoftHSM2)"
    rm -rf "${output:?}/screenshots"
    local files_at_once
    files_at_once=$(nproc)
    node_tests browser
  else
    skip_missing "the browser story: no Chromium or no Node.js"
  fi
}

# Each client has a log of its own in tests/output.
suite_foreign() {
  if ! { need_node && need_npm_packages; }; then
    skip_missing "clients written by others: no Node.js"
    return 0
  fi
  node_tests foreign openid-client
  if need_openssl; then node_tests foreign receipt; else skip_missing "receipts by openssl: it could not be installed"; fi
  if need_python_packages; then node_tests foreign authlib; else skip_missing "Authlib could not be installed"; fi
  if need_openssl && need_python_packages; then
    node_tests foreign admin-api
  else
    skip_missing "the admin API by a program in Python: openssl or its packages could not be installed"
  fi
  if need_mod_auth_openidc; then
    node_tests foreign mod-auth-openidc
  else
    skip_missing "mod_auth_openidc could not be installed"
  fi
  if need_openssl && need_go_program transparency; then
    node_tests foreign transparency
  else
    skip_missing "the audit log by Go's sumdb: no Go, or its module could not be fetched"
  fi
}

# The profile of docs/certification, by its own scripts.
suite_certification() {
  if need_node && need_python && need_openssl; then
    node_tests certification
  else
    skip_missing "the certification profile: no Node.js, Python or openssl"
  fi
}

# Each operation of the description counts as a test.
suite_schema() {
  local status=0 log=$output/schema.log tested
  if ! need_python_packages; then
    skip_missing "the provider against its own description: no Python packages"
    return 0
  fi
  "$root/tests/schema/run.sh" "$YZT_BIN/idp" "$root/tests/.venv/bin/schemathesis" 2>&1 | tee "$log" || status=$?
  tested=$(sed -nE 's/^ *Tested: ([0-9]+).*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
  count_run "$status" "${tested:-0} 0 0"
}

# The table of docs/CONFORMANCE.md against what the suites before this one printed; each plan counts as a test.
suite_conformance() {
  local status=0 log=$output/conformance.log logs=() file
  for file in "$output"/{unit,flows,attacks,certification}.log "$output"/foreign-*.tap; do
    [[ ! -e $file ]] || logs+=("$file")
  done
  [[ -e $output/flows.log && -e $output/attacks.log ]] || {
    skip_missing "the conformance table: the suites flows and attacks have to run first"
    return 0
  }
  "$root/tests/setup/conformance.sh" "$root/docs/CONFORMANCE.md" "${logs[@]}" 2>&1 | tee "$log" || status=$?
  sed -n 's/^not ok //p' "$log" >>"$output/failures.txt"
  count_run "$status" "$(grep -c '^ok ' "$log") $(grep -c '^not ok ' "$log") 0"
}

# The load program counts as one test: every answer was right and its table was printed. It drives what the other
# suites were built with; what its figures are worth is asked of a release build (docs/PERFORMANCE.md), which
# takes longer to make than all of these suites but one take to run.
suite_bench() {
  if "$YZT_BIN/load" --quick 2>&1 | tee "$output/bench.log"; then
    count 1 0 0
  else
    count 0 1 0
  fi
}

# Runs a command with PostgreSQL and Redis required; where they can't be had, without them, and says so.
with_servers() {
  export YZT_TEST_REQUIRE_ALL=1
  need_postgres || { skip_missing "everything on PostgreSQL" && export YZT_TEST_REQUIRE_ALL=0; }
  need_redis || { skip_missing "everything on Redis" && export YZT_TEST_REQUIRE_ALL=0; }
  "$@"
  unset YZT_TEST_REQUIRE_ALL
}

# cargo_tests LOG ARGUMENT…: runs cargo and adds up its "test result:" lines.
cargo_tests() {
  local log=$output/$1.log status=0 counts
  shift
  cargo "$@" 2>&1 | tee "$log" || status=$?
  counts=$(awk '/^test result: / {
      for (i = 2; i <= NF; i++) {
        if ($i ~ /^passed/) p += $(i - 1)
        if ($i ~ /^failed/) f += $(i - 1)
        if ($i ~ /^ignored/) s += $(i - 1)
      }
    }
    END { print p + 0, f + 0, s + 0 }' "$log")
  sed -nE 's/^test (.+) \.\.\. FAILED$/\1/p' "$log" >>"$output/failures.txt"
  count_run "$status" "$counts"
}

# node_tests FOLDER [NAME]: runs its *.test.mjs, or those that begin so, one after another or as many at once as files_at_once
# says, each with a demonstration of its own.
node_tests() {
  local folder=$1 name=${2:-} log=$output/$1${2:+-$2} status=0 counts
  node --test --test-concurrency="${files_at_once:-1}" \
    --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$log.tap" \
    "tests/$folder/$name"*.test.mjs 2>&1 | tee "$log.log" || status=$?
  counts=$(awk '/^# pass / { p = $3 } /^# fail / { f = $3 } /^# cancelled / { c = $3 } /^# skipped / { s = $3 }
    END { print p + 0, f + c + 0, s + 0 }' "$log.tap")
  # The name, the first line of the error and where it was thrown.
  awk '/^ *not ok / { name = $0; sub(/^ *not ok [0-9]+ - /, "", name); print name; left = 2; next }
    left && /^ +(error|location): [^|]/ { sub(/^ +/, "  "); print; left-- }
    left && /^ +error: \|-$/ { getline; sub(/^ +/, "  "); print; left-- }' "$log.tap" >>"$output/failures.txt"
  count_run "$status" "$counts"
}

# A run that failed without a failed test (it did not compile, it crashed) counts as one failure.
count_run() {
  local status=$1 p f s
  read -r p f s <<<"$2"
  if ((status != 0 && f == 0)) || ((p + f + s == 0)); then f=$((f + 1)); fi
  count "$p" "$f" "$s"
}
