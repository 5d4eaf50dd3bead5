namespace Sonde.Cli;

/// <summary>What the command tells a script (the numbers are those of sysexits.h where it has one).</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int Failure = 1;
    internal const int Usage = 2;

    /// <summary>EX_UNAVAILABLE: no backend serves on this host.</summary>
    internal const int Unavailable = 69;

    /// <summary>EX_NOPERM: rights are missing.</summary>
    internal const int NoPermission = 77;
}
