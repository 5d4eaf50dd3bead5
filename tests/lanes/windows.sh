#!/bin/sh
# The windows lane: the Windows backends as a win-x64 build under Wine, with look-alike DLLs for what Wine lacks.
#
#   SONDE_ROOT=<repository> tests/lanes/windows.sh <folder for reports>    runs the lane; prints one summary line at the end
#   tests/lanes/windows.sh --missing                                      prints the packages that are missing, and installs nothing
#
# Exit: 0 passed, 1 failed, 2 usage, 77 cannot run here. Reports: windows-<pass>.trx, .log and .err in the folder.
# docs/platforms/windows.md says what Wine proves and which of its traps are avoided here.
set -u

missing() {
  command -v wine >/dev/null 2>&1 && command -v wineserver >/dev/null 2>&1 || echo wine
  command -v x86_64-w64-mingw32-gcc >/dev/null 2>&1 || echo gcc-mingw-w64-x86-64
  command -v dotnet >/dev/null 2>&1 || echo dotnet-sdk-10.0
  command -v timeout >/dev/null 2>&1 || echo coreutils
}

if [ "${1-}" = --missing ]; then
  missing
  exit 0
fi

if [ $# -ne 1 ] || [ -z "${SONDE_ROOT-}" ]; then
  echo "usage: SONDE_ROOT=<repository> windows.sh <folder for reports>, or windows.sh --missing" >&2
  exit 2
fi

lacking=$(missing | tr '\n' ' ')
if [ -n "$lacking" ]; then
  echo "windows: cannot run here, missing: $lacking"
  exit 77
fi

root=$(cd "$SONDE_ROOT" && pwd) || exit 2
mkdir -p "$1" || exit 2
reports=$(cd "$1" && pwd) || exit 2
build=$root/artifacts/windows
tests=$build/publish/Sonde.Windows.Tests/release_win-x64
cli=$build/publish/Sonde.Cli/release_win-x64
native=$build/native
work=

red() {
  echo "windows: FAILED: $1"
  exit 1
}

clean() {
  if [ -n "$work" ]; then
    # Only the server of this prefix: WINEPREFIX is set below, before the first Wine program starts.
    [ -d "$work/prefix" ] && wineserver -k >/dev/null 2>&1
    rm -rf "$work"
  fi
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- build, when something changed since the last build that succeeded ----

sources() {
  find "$root/src" "$root/tests/Sonde.Windows.Tests" "$root/tests/Sonde.Testing" "$root/tests/contracts" "$root/tests/Sonde.Cli.Tests/TestOutput.cs" "$root/tests/Directory.Build.props" \
    "$root/tests/fixtures/windows" "$root/tests/fixtures/layout/windows.c" \
    "$root/Directory.Build.props" "$root/Directory.Build.targets" "$root/Directory.Packages.props" "$root/global.json" -type f "$@"
}

publish() { # a tree of its own: the build for this machine keeps its restore and its outputs
  dotnet publish "$root/$1" -c Release -r win-x64 --self-contained -p:PublishTrimmed=false -p:PublishSingleFile=false \
    -p:ArtifactsPath="$build" -v q -nologo >"$reports/windows-build.log" 2>&1 && return
  grep -E 'error' "$reports/windows-build.log" | sort -u | head -20
  red "$1 does not build for win-x64, see $reports/windows-build.log"
}

compile() {
  x86_64-w64-mingw32-gcc -O1 -Wall -Wextra -Werror "$@" >"$reports/windows-build.log" 2>&1 && return
  cat "$reports/windows-build.log"
  red "a C fixture does not compile"
}

names=$(sources -print | LC_ALL=C sort | cksum)
if [ ! -f "$build/stamp" ] || [ "$(cat "$build/stamp")" != "$names" ] || [ -n "$(sources -newer "$build/stamp" -print | head -1)" ]; then
  rm -f "$build/stamp"
  mkdir -p "$native" || red "cannot write to $native"
  touch "$build/stamp.new" # its time is that of the start: what changes during the build is built again
  publish tests/Sonde.Windows.Tests
  publish src/Sonde.Cli
  compile -o "$native/layout.exe" "$root/tests/fixtures/layout/windows.c"
  compile -o "$native/dotnet.exe" "$root/tests/fixtures/windows/dotnet.c"
  compile -shared -o "$native/fakeiphlp.dll" "$root/tests/fixtures/windows/fakeiphlp.c" -lws2_32
  mkdir -p "$native/npcap" "$native/npcap-alone" "$native/npcap-old" "$native/npcap-broken" || red "cannot write to $native"
  for folder in npcap npcap-old npcap-broken; do
    compile -shared -o "$native/$folder/Packet.dll" "$root/tests/fixtures/windows/packet.c"
  done
  compile -shared -o "$native/npcap/wpcap.dll" "$root/tests/fixtures/windows/wpcap.c" "$native/npcap/Packet.dll"
  compile -shared -DOLD -o "$native/npcap-old/wpcap.dll" "$root/tests/fixtures/windows/wpcap.c" "$native/npcap/Packet.dll"
  compile -shared -DBROKEN -o "$native/npcap-broken/wpcap.dll" "$root/tests/fixtures/windows/wpcap.c" "$native/npcap/Packet.dll"
  cp "$native/npcap/wpcap.dll" "$native/npcap-alone/wpcap.dll"
  compile -shared -o "$native/fakews2.dll" "$root/tests/fixtures/windows/fakews2.c"
  compile -shared -o "$native/fakewintun.dll" "$root/tests/fixtures/windows/fakewintun.c"
  compile -shared -DOLD -o "$native/fakewintun-old.dll" "$root/tests/fixtures/windows/fakewintun.c"
  compile -shared -DINCOMPLETE -o "$native/fakewintun-incomplete.dll" "$root/tests/fixtures/windows/fakewintun.c"
  compile -shared -o "$native/faketunip.dll" "$root/tests/fixtures/windows/faketunip.c" -lws2_32
  mkdir -p "$native/old" || red "cannot write to $native"
  compile -shared -DOLD -o "$native/old/faketunip.dll" "$root/tests/fixtures/windows/faketunip.c" -lws2_32
  compile -shared -DWITHOUT_NETIO -o "$native/fakeiphlp-old.dll" "$root/tests/fixtures/windows/fakeiphlp.c" -lws2_32
  compile -shared -o "$native/fakent.dll" "$root/tests/fixtures/windows/fakent.c"
  compile -shared -o "$native/fakeetw.dll" "$root/tests/fixtures/windows/fakeetw.c"
  compile -shared -o "$native/fakepdh.dll" "$root/tests/fixtures/windows/fakepdh.c"
  started=$build/stamp.new
  echo "$names" >"$build/stamp"
  touch -r "$started" "$build/stamp"
  rm -f "$started"
fi

# ---- a Windows of our own ----

work=$(mktemp -d) || red "no temporary folder"
export WINEPREFIX="$work/prefix"
export WINEDEBUG=-all
# An unhandled exception would start winedbg and end with 0.
export WINEDLLOVERRIDES='winedbg.exe=d'
unset DISPLAY WAYLAND_DISPLAY DOTNET_ROOT DOTNET_HOST_PATH MSBuildSDKsPath
timeout -k 5 120 wineboot -i >/dev/null 2>&1 </dev/null || red "wineboot could not make a prefix"
# A new prefix says that it is Windows 7.
timeout -k 5 60 wine reg add 'HKCU\Software\Wine' /v Version /d win10 /f >/dev/null 2>&1 </dev/null || red "the prefix could not be set to Windows 10"

# ---- the tests, in passes: what replaces a DLL or gives up rights does so for a whole process ----

export SONDE_ROOT="Z:$root"
export SONDE_LAYOUT="Z:$work/layout.txt"
export SONDE_LINUX_ROOT=Z:/
timeout -k 5 60 wine "$native/layout.exe" >"$work/layout.txt" 2>/dev/null </dev/null || red "the layout program failed"
if command -v ip >/dev/null 2>&1; then
  ip -j addr >"$work/addr.json" 2>/dev/null && export SONDE_IP_ADDR="Z:$work/addr.json"
  ip -j route >"$work/route.json" 2>/dev/null && export SONDE_IP_ROUTE="Z:$work/route.json"
fi

passed=0
failed=0
skipped=0
problems=

problem() {
  problems="$problems${problems:+; }$1"
}

counter() { # counter <name> <file>: an attribute of the TRX's Counters
  sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -1
}

pass() { # pass <name> <arguments of the test program>...
  pass=$1
  shift
  trx=$reports/windows-$pass.trx
  log=$reports/windows-$pass.log
  err=$reports/windows-$pass.err
  rm -f "$trx"
  # Without the first setting a collection that frees a dynamic method (xunit's calls are such) ends the process: "Internal CLR error".
  (cd "$tests" && DOTNET_EnableWriteXorExecute=0 exec timeout -k 5 300 wine ./Sonde.Windows.Tests.exe -noColor "$@" -trx "$trx" >"$log" 2>"$err" </dev/null)
  code=$?
  if [ ! -s "$trx" ]; then
    # The exit code alone proves nothing under Wine.
    problem "pass $pass wrote no report (exit $code)"
    tail -20 "$log"
    return
  fi
  good=$(counter passed "$trx")
  bad=$(counter failed "$trx")
  all=$(counter total "$trx")
  if [ "${bad:-0}" -ne 0 ]; then
    grep -A 12 '\[FAIL\]' "$log" | head -80
    if (cd "$tests" && DOTNET_EnableWriteXorExecute=0 sh "$root/tests/lanes/again.sh" "$log" "$trx" "$reports/unsteady" wine ./Sonde.Windows.Tests.exe "$@"); then
      code=0
      good=$((good + bad))
      bad=0
    fi
  fi
  passed=$((passed + ${good:-0}))
  failed=$((failed + ${bad:-0}))
  skipped=$((skipped + ${all:-0} - ${good:-0} - ${bad:-0}))
  [ $((${good:-0} + ${bad:-0})) -gt 0 ] || problem "pass $pass ran no test"
  if [ "$code" -ne 0 ] || [ "${bad:-0}" -ne 0 ]; then
    problem "pass $pass: ${bad:-0} failed (exit $code)"
  fi
  if grep -A 3 -F '[FATAL ERROR]' "$log"; then
    # An exception that left a bare thread: counted nowhere else, and the exit code may be 0.
    problem "pass $pass: an exception outside of any test"
  fi
  if grep 'unimplemented function' "$err"; then
    problem "pass $pass called a function that Wine has only in name"
  fi
}

pass real -trait- pass=lookalike -trait- pass=old -trait- pass=drop -trait- pass=link -trait- pass=tun -trait- pass=tun-old -trait- pass=tun-command -trait- pass=processes -trait- pass=protected -trait- pass=etw -trait- pass=pdh
pass processes -trait pass=processes
pass drop -trait pass=drop
export SONDE_LOOKALIKE="Z:$native/fakeiphlp.dll"
pass lookalike -trait pass=lookalike
SONDE_LOOKALIKE="Z:$native/fakeiphlp-old.dll"
pass old -trait pass=old
SONDE_LOOKALIKE="Z:$native/fakent.dll"
pass protected -trait pass=protected
SONDE_LOOKALIKE="Z:$native/fakeetw.dll"
pass etw -trait pass=etw
SONDE_LOOKALIKE="Z:$native/fakepdh.dll"
pass pdh -trait pass=pdh
unset SONDE_LOOKALIKE
# Wine takes its own wpcap.dll even for a full path, unless it is told to look at the file first.
export SONDE_NATIVE="Z:$native"
WINEDLLOVERRIDES='winedbg.exe=d;*wpcap=n,b'
pass link -trait pass=link
WINEDLLOVERRIDES='winedbg.exe=d'
pass tun -trait pass=tun
pass tun-old -trait pass=tun-old
pass tun-command -trait pass=tun-command
unset SONDE_NATIVE

# ---- the command itself: each line of windows.smoke ----

commands=0
while IFS='|' read -r want arguments pattern; do
  case $want in '' | '#'*) continue ;; esac
  commands=$((commands + 1))
  # shellcheck disable=SC2086 # arguments are separated by spaces, as the file says
  (cd "$cli" && exec timeout -k 5 60 wine ./sonde.exe $arguments >"$work/smoke.out" 2>"$work/smoke.err" </dev/null)
  code=$?
  if [ "$code" -ne "$want" ]; then
    problem "sonde.exe $arguments: exit $code instead of $want"
    head -20 "$work/smoke.out" "$work/smoke.err"
  elif ! tr -d '\r' <"$work/smoke.out" | grep -Eq -e "$pattern"; then
    problem "sonde.exe $arguments: its output does not match $pattern"
    head -20 "$work/smoke.out" "$work/smoke.err"
  fi
  if grep 'unimplemented function' "$work/smoke.err"; then
    problem "sonde.exe $arguments called a function that Wine has only in name"
  fi
done <"$root/tests/lanes/windows.smoke"
[ "$commands" -gt 0 ] || problem "windows.smoke holds no command"

# A reader that leaves ends a command that follows: its own pipe tells it, .NET's console stream would not.
(cd "$cli" && timeout -k 5 60 wine ./sonde.exe interfaces --watch --interval 0.2 --format ndjson 2>"$work/smoke.err" </dev/null; echo $? >"$work/left.code") | head -n 1 >"$work/left.out"
commands=$((commands + 1))
if [ ! -s "$work/left.out" ] || [ "$(cat "$work/left.code")" -ne 0 ]; then
  problem "sonde.exe interfaces --watch | head -n 1: exit $(cat "$work/left.code") instead of 0"
  head -20 "$work/left.out" "$work/smoke.err"
fi

# ---- the scripts of a checkout, with a stand-in for dotnet that ends as it is told ----

checkout="$work/a checkout" # whose path has a space, as many have
mkdir -p "$checkout/artifacts/bin/Sonde.Cli" "$work/stand-in"
cp "$root/sonde.cmd" "$root/test.cmd" "$checkout/"
ln -s "$cli" "$checkout/artifacts/bin/Sonde.Cli/release"
cp "$native/dotnet.exe" "$work/stand-in/"
script() { # script <wanted exit code> <pattern> <how dotnet ends> <command line of cmd.exe>
  commands=$((commands + 1))
  (cd "$checkout" && WINEPATH="Z:$work/stand-in" STAND_IN_ENDS=$3 timeout -k 5 120 wine cmd /c "$4" >"$work/smoke.out" 2>&1 </dev/null)
  code=$?
  if [ "$code" -ne "$1" ] || ! tr -d '\r' <"$work/smoke.out" | grep -Eq -e "$2"; then
    problem "$4 with a dotnet that ends with $3: exit $code instead of $1, or no line that matches $2"
    head -20 "$work/smoke.out"
  fi
}
script 0 '"kind":"loopback"' 0 'sonde.cmd interfaces --format json'
script 2 "sonde: " 0 'sonde.cmd interfaces --no-such-option'
script 1 'sonde: the build failed' 3 'sonde.cmd --version'
script 0 'stand-in: artifacts.bin.Sonde.Windows.Tests.release.Sonde.Windows.Tests.dll -noColor' 0 'test.cmd'
script 1 'stand-in: build Sonde.slnx -c Release' 3 'test.cmd'

summary="$passed passed, $failed failed, $skipped skipped in 12 passes; $commands commands"
[ -z "$problems" ] || red "$problems ($summary)"
echo "windows: $summary"
