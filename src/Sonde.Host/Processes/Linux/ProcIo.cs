namespace Sonde.Host.Processes.Linux;

/// <summary>/proc/PID/io (proc_pid_io(5)).</summary>
internal struct ProcIo
{
    internal ulong ReadCharacters;
    internal ulong WrittenCharacters;
    internal ulong ReadCalls;
    internal ulong WriteCalls;
    internal ulong ReadBytes;
    internal ulong WriteBytes;
    internal ulong CancelledWriteBytes;

    /// <summary>Reads the seven lines.</summary>
    /// <returns><see langword="false"/> when one is missing or cut; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> text, out ProcIo io)
    {
        io = default;
        return TryTake(ref text, "rchar: "u8, out io.ReadCharacters)
            && TryTake(ref text, "wchar: "u8, out io.WrittenCharacters)
            && TryTake(ref text, "syscr: "u8, out io.ReadCalls)
            && TryTake(ref text, "syscw: "u8, out io.WriteCalls)
            && TryTake(ref text, "read_bytes: "u8, out io.ReadBytes)
            && TryTake(ref text, "write_bytes: "u8, out io.WriteBytes)
            && TryTake(ref text, "cancelled_write_bytes: "u8, out io.CancelledWriteBytes);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, out ulong value)
    {
        value = 0;
        int end = text.IndexOf((byte)'\n');
        if (end < 0 || !text.StartsWith(key) || !new ProcNumbers(text[key.Length..end]).TryUInt64(out value))
        {
            return false;
        }

        text = text[(end + 1)..];
        return true;
    }
}
