namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="HasCoreDump">Whether it left a core dump.</param>
internal readonly record struct ExitStatus(Reading<int> Code, Reading<int> Signal, Reading<bool> HasCoreDump)
{
    private const string NotTold = "its end was found by comparing two readings of the table, which do not say how";

    /// <summary>Of an end that nobody told.</summary>
    internal static ExitStatus Unknown { get; } = new(Reading.Unsupported<int>(NotTold), Reading.Unsupported<int>(NotTold), Reading.Unsupported<bool>(NotTold));

    /// <summary>The status that wait(2) gives: a code in the second byte, or a signal in the first, whose highest bit stands for a core dump.</summary>
    internal static ExitStatus FromWait(uint status)
    {
        int signal = (int)(status & 0x7F);
        return signal == 0
            ? new ExitStatus((int)(status >> 8 & 0xFF), Reading.None<int>("it ended by itself"), false)
            : new ExitStatus(Reading.None<int>("a signal ended it"), signal, (status & 0x80) != 0);
    }

    /// <summary>The code that Windows keeps.</summary>
    internal static ExitStatus FromCode(int code) =>
        new(code, Reading.Unsupported<int>("this system has no signals"), Reading.Unsupported<bool>("this system does not tell"));
}
