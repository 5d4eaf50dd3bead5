#!/bin/sh
# The macos lane: the macOS backends on Linux, by the layouts of macOS (tests/fixtures/layout) and against a look-alike of its system library.
# usage: SONDE_ROOT=<repository> tests/lanes/macos.sh <output directory>
# Prints one line, "macos: ...", and exits with 0 (passed), 1 (failed) or 69 (this machine lacks what the lane needs).
set -u

root=${SONDE_ROOT:?SONDE_ROOT must name the repository}
out=${1:?an output directory must be named}
project=Sonde.MacOS.Tests
export SONDE_ROOT

if [ "$(uname -s)" != Linux ]; then
  echo "macos: skipped, the look-alike is built for Linux"
  exit 69
fi
for tool in gcc dotnet; do
  if ! command -v "$tool" >/dev/null 2>&1; then
    echo "macos: skipped, $tool is missing"
    exit 69
  fi
done

mkdir -p "$out" || exit 1
if ! dotnet build "$root/tests/$project/$project.csproj" -c Release -v q >"$out/macos-build.log" 2>&1; then
  echo "macos: FAILED, does not build: $out/macos-build.log"
  exit 1
fi

# An old result must not stand for a run that died before it wrote its own.
rm -f "$out/macos.trx"
timeout 300 dotnet "$root/artifacts/bin/$project/release/$project.dll" -noColor -trx "$out/macos.trx" >"$out/macos.log" 2>&1
code=$?
if [ ! -s "$out/macos.trx" ]; then
  echo "macos: FAILED, exit code $code and no result: $out/macos.log"
  exit 1
fi

counters=$(grep -o '<Counters [^>]*' "$out/macos.trx" | head -n 1)
count() {
  number=$(printf '%s\n' "$counters" | sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p")
  echo "${number:-0}"
}
total=$(count total)
passed=$(count passed)
failed=$(count failed)
if [ "$failed" -ne 0 ]; then
  grep -A 12 '\[FAIL\]' "$out/macos.log" | head -n 80
  if sh "$root/tests/lanes/again.sh" "$out/macos.log" "$out/macos.trx" "$out/unsteady" dotnet "$root/artifacts/bin/$project/release/$project.dll"; then
    code=0
    passed=$((passed + failed))
    failed=0
  fi
fi
if [ "$code" -ne 0 ] || [ "$failed" -ne 0 ] || [ "$passed" -eq 0 ]; then
  echo "macos: FAILED, $failed of $total tests: $out/macos.log"
  exit 1
fi
echo "macos: passed, $passed of $total tests ($((total - passed)) skipped)"
