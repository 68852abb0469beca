#!/usr/bin/env bash
# Holds docs/CONFORMANCE.md to what the suites of this run printed: each module that "passes" names tests, and each of
# them ran and passed; each plan's counts are those of its rows.
#
# Usage: tests/setup/conformance.sh TABLE LOG…     prints a line a plan; ends with 1 where the table is not true
set -euo pipefail

table=$1
shift
# "test NAME ... ok" of cargo, "ok N - NAME" of node and of our own scripts.
passed=$(mktemp)
trap 'rm -f "$passed"' EXIT
sed -nE 's/^test (.+) \.\.\. ok$/\1/p; s/^ *ok [0-9]+ - (.+)$/\1/p; s/^ok (.+)$/\1/p' "$@" | sort -u >"$passed"

awk -F'|' -v passed="$passed" '
  function trim(text) { gsub(/^ +| +$/, "", text); return text }
  BEGIN { while ((getline line < passed) > 0) is_passed[line] = 1 }
  /^## / { plan = trim(substr($0, 4)) }
  # Rows of modules: | `module` | what | tests | result |
  /^\| `/ && NF >= 6 {
    module = trim($2); result = trim($5); tests = $4; all[plan]++
    if (result == "passes") {
      passes[plan]++; named = 0
      while (match(tests, /`[^`]+`/)) {
        name = substr(tests, RSTART + 1, RLENGTH - 2); named++
        if (!(name in is_passed)) wrong(plan ": " module ": " name " did not run and pass")
        tests = substr(tests, RSTART + RLENGTH)
      }
      if (!named) wrong(plan ": " module ": no test is named")
    } else if (result ~ /^not applicable: ./) other[plan]++
    else if (result ~ /^open: ./) open[plan]++
    else wrong(plan ": " module ": the result is neither passes, not applicable: WHY nor open: WHAT")
  }
  # The summary: | plan | modules | passes | not applicable | open |
  /^\| \[/ { name = $2; sub(/^ *\[/, "", name); sub(/\].*/, "", name); said[name] = ($3 + 0) " " ($4 + 0) " " ($5 + 0) " " ($6 + 0) }
  function wrong(text) { print "not ok " text; bad++ }
  END {
    for (plan in all) {
      counted = all[plan] " " (passes[plan] + 0) " " (other[plan] + 0) " " (open[plan] + 0)
      if (said[plan] != counted) wrong(plan ": the summary says " (said[plan] ? said[plan] : "nothing") ", the rows " counted)
      printf "ok conformance: %s: %d modules, %d pass, %d not applicable, %d open\n", plan, all[plan], passes[plan], other[plan], open[plan] | "sort"
    }
    close("sort")
    for (plan in said) if (!(plan in all)) wrong(plan ": the summary counts a plan that has no rows")
    exit bad > 0
  }' "$table"
