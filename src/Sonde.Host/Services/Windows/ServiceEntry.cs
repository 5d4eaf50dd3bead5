using Sonde.Host.Interfaces.Windows;
using Sonde.Interop;
using Sonde.Interop.Windows;

namespace Sonde.Host.Services.Windows;

/// <summary>A row of EnumServicesStatusEx.</summary>
internal readonly record struct ServiceEntry(string Name, string DisplayName, uint Type, uint State, uint ExitCode, uint SpecificExitCode, int ProcessId)
{
    private const uint SpecificError = 1066; // ERROR_SERVICE_SPECIFIC_ERROR: the service has a number of its own
    private const uint NeverStarted = 1077; // ERROR_SERVICE_NEVER_STARTED: since the system started

    /// <summary>Whether its last run ended with an error.</summary>
    internal bool HasFailed => ExitCode is not (0 or NeverStarted);

    /// <summary>What its last run ended with.</summary>
    internal Reading<int> Exit => State != WinSvc.SERVICE_STOPPED ? Reading.None<int>("it has not ended")
        : ExitCode == NeverStarted ? Reading.None<int>("it has not been started since the system was")
        : unchecked((int)(ExitCode == SpecificError ? SpecificExitCode : ExitCode));

    /// <summary>The same in Windows' words.</summary>
    internal Reading<string> Result => State != WinSvc.SERVICE_STOPPED ? Reading.None<string>("it has not ended")
        : ExitCode == NeverStarted ? Reading.None<string>("it has not been started since the system was")
        : ExitCode == 0 ? "success"
        : ExitCode == SpecificError ? "a number of its own"
        : new NativeError(NativeErrorDomain.Win32, unchecked((int)ExitCode)).Message;

    /// <summary>Reads the rows of a page, on any system and without trusting them.</summary>
    /// <param name="page">Rows, then names.</param>
    /// <param name="count">How many rows there are said to be.</param>
    /// <param name="entries">Where they go.</param>
    /// <param name="skipped">Grows by what could not be read.</param>
    internal static void Parse(AddressedBytes page, int count, List<ServiceEntry> entries, ref int skipped)
    {
        int size = NativeStruct.SizeOf<ENUM_SERVICE_STATUS_PROCESSW>();
        int there = Math.Min(Math.Max(count, 0), page.Bytes.Length / size);
        skipped += Math.Max(count, 0) - there;
        for (int at = 0; at < there; at++)
        {
            if (!NativeStruct.TryRead(page.Bytes[(at * size)..], out ENUM_SERVICE_STATUS_PROCESSW row) || WideText.ToText(page.ReadWideText(row.lpServiceName)) is not { Length: > 0 } name)
            {
                skipped++;
                continue;
            }

            SERVICE_STATUS_PROCESS status = row.ServiceStatusProcess;
            entries.Add(new ServiceEntry(
                name,
                WideText.ToText(page.ReadWideText(row.lpDisplayName)),
                status.dwServiceType,
                status.dwCurrentState,
                status.dwWin32ExitCode,
                status.dwServiceSpecificExitCode,
                unchecked((int)status.dwProcessId)));
        }
    }
}
