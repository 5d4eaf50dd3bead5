using Sonde.Host.Processes.Assembly;

namespace Sonde.Host.Processes.Linux;

/// <summary>The format of passwd(5): name, password, id and more, between colons.</summary>
internal static class PasswordFile
{
    /// <summary>Names by id; of several names for one id the first counts, as in the C library. Lines that are none are passed over.</summary>
    internal static Dictionary<uint, string> Parse(ReadOnlySpan<byte> text)
    {
        var names = new Dictionary<uint, string>();
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            int name = line.IndexOf((byte)':');
            if (name < 1)
            {
                continue;
            }

            ReadOnlySpan<byte> rest = line[(name + 1)..];
            int password = rest.IndexOf((byte)':');
            if (password < 0)
            {
                continue;
            }

            rest = rest[(password + 1)..];
            int id = rest.IndexOf((byte)':');
            if (id > 0 && new ProcNumbers(rest[..id]).TryUInt64(out ulong value) && value <= uint.MaxValue)
            {
                names.TryAdd((uint)value, SystemText.Of(line[..name]));
            }
        }

        return names;
    }
}
