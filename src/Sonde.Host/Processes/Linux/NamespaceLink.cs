namespace Sonde.Host.Processes.Linux;

/// <summary>The target of a link in /proc/PID/ns.</summary>
internal static class NamespaceLink
{
    /// <summary>The number in "net:[4026531840]".</summary>
    internal static bool TryParse(ReadOnlySpan<byte> target, out uint inode)
    {
        inode = 0;
        int open = target.IndexOf((byte)'[');
        if (open < 0 || target[^1] != ']' || !new ProcNumbers(target[(open + 1)..^1]).TryUInt64(out ulong number) || number > uint.MaxValue)
        {
            return false;
        }

        inode = (uint)number;
        return true;
    }
}
