@echo off
rem Runs the command sonde from this checkout; dotnet builds it first when a source has changed.
setlocal
set "project=%~dp0src\Sonde.Cli\Sonde.Cli.csproj"
dotnet build "%project%" -c Release -v quiet -nologo -clp:NoSummary >"%TEMP%\sonde-build.log" 2>&1
if errorlevel 1 (
  type "%TEMP%\sonde-build.log" 1>&2
  echo sonde: the build failed: see above 1>&2
  exit /b 1
)
"%~dp0artifacts\bin\Sonde.Cli\release\sonde.exe" %*
exit /b %errorlevel%
