# shellcheck shell=bash disable=SC2154 # root and output are set by tests/run
# What is said: headings, counts of a suite, what was skipped, the sum. Sourced by tests/run.

passed=0 failed=0 skipped=0          # of the suite that runs
all_passed=0 all_failed=0 all_skipped=0
missing=0                            # suites or parts that could not run here

heading() { printf '\n=== %s\n' "$*"; }

say() { printf '%s\n' "$*"; }

die() {
  printf 'tests/run: %s\n' "$*" >&2
  exit 1
}

# Something that the machine lacks: loud, and the run fails unless YZT_ALLOW_SKIPS=1.
skip_missing() {
  printf 'SKIPPED: %s\n' "$*"
  skipped=$((skipped + 1))
  missing=$((missing + 1))
}

# Something that need not be there.
skip_optional() {
  printf 'SKIPPED: %s\n' "$*"
  skipped=$((skipped + 1))
}

count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# Runs suite_NAME and closes it with its line of counts.
run_suite() {
  local name=$1 began=$SECONDS
  passed=0 failed=0 skipped=0
  heading "$name"
  "suite_$name"
  say "($name took $((SECONDS - began)) s)"
  say "$name: $passed passed, $failed failed, $skipped skipped"
  all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed))
  all_skipped=$((all_skipped + skipped))
}

finish() {
  heading "all"
  say "(the run took $SECONDS s)"
  if [[ -s $output/failures.txt ]]; then
    say "What failed (whole logs in tests/output):"
    sed 's/^/  /' "$output/failures.txt"
  fi
  if ((missing > 0)) && [[ ${YZT_ALLOW_SKIPS:-} != 1 ]]; then
    say "Not everything could run here: $missing part(s) were skipped. YZT_ALLOW_SKIPS=1 lets that pass."
  fi
  say "$all_passed passed, $all_failed failed, $all_skipped skipped"
  ((all_failed == 0)) || exit 1
  ((missing == 0)) || [[ ${YZT_ALLOW_SKIPS:-} == 1 ]] || exit 1
}
