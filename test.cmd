@echo off
rem Runs the tests that run on Windows: the unit lane's programs and the Windows backends themselves.
setlocal
cd /d "%~dp0"
dotnet build Sonde.slnx -c Release -v quiet -nologo -clp:NoSummary
if errorlevel 1 exit /b 1
set failed=0
for %%p in (Sonde.Laws.Tests Sonde.Packets.Tests Sonde.Host.Tests Sonde.Cli.Tests Sonde.Windows.Tests) do (
  dotnet "artifacts\bin\%%p\release\%%p.dll" -noColor
  if errorlevel 1 set failed=1
)
exit /b %failed%
