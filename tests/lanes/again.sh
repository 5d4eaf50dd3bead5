#!/bin/sh
# Runs tests that failed once more, alone, and says which of them pass then: decision 0007.
# usage: again.sh <log of the run> <its trx> <list to add unsteady tests to> <command> <argument>...
# Exit: 0 when each failure of the run passed, 1 when one did not, when there are too many, or when something else than a test failed.
set -u
log=$1
trx=$2
list=$3
shift 3
most=3

failed=$(tr -d '\r' <"$log" | sed -n 's/^ *\(Sonde[A-Za-z0-9_.+]*\).*\[FAIL\]$/\1/p')
[ -n "$failed" ] || exit 1
lines=$(printf '%s\n' "$failed" | wc -l)
counted=$(tr '>' '\n' <"$trx" | sed -n 's/.*<Counters .*[^a-zA-Z]failed="\([0-9]*\)".*/\1/p' | head -n 1)
[ "$lines" = "$counted" ] && [ "$lines" -le "$most" ] || exit 1

methods=$(printf '%s\n' "$failed" | sort -u)
for method in $methods; do
  set -- "$@" -method "$method"
done
rm -f "$trx.again"
timeout -k 10 300 "$@" -noColor -trx "$trx.again" >"$log.again" 2>&1 </dev/null || exit 1
[ -s "$trx.again" ] || exit 1
printf '%s\n' "$failed" >>"$list"
for method in $methods; do
  echo "unsteady: $method failed, and passed when it was run again alone"
done
