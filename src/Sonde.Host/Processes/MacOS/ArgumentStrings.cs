namespace Sonde.Host.Processes.MacOS;

/// <summary>The answer of KERN_PROCARGS2, read in place: the number of arguments, the path that was executed, zeros, arguments, environment. All of it lies in the memory of the process, which may write there what it likes.</summary>
internal readonly ref struct ArgumentStrings
{
    private ArgumentStrings(ReadOnlySpan<byte> path, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> environment, bool isCut)
    {
        Path = path;
        Arguments = arguments;
        Environment = environment;
        IsCut = isCut;
    }

    /// <summary>The path that was executed, as it was given then; may be relative.</summary>
    internal ReadOnlySpan<byte> Path { get; }

    /// <summary>The arguments, each with a zero behind it.</summary>
    internal ReadOnlySpan<byte> Arguments { get; }

    /// <summary>The environment, each entry with a zero behind it; empty when the kernel withholds it.</summary>
    internal ReadOnlySpan<byte> Environment { get; }

    /// <summary>Whether the bytes end before the last of the arguments does.</summary>
    internal bool IsCut { get; }

    /// <summary>Finds the pieces; never throws.</summary>
    /// <returns><see langword="false"/> for bytes that do not even have a path.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> source, out ArgumentStrings strings)
    {
        strings = default;
        if (source.Length <= sizeof(int))
        {
            return false;
        }

        int count = BitConverter.ToInt32(source);
        ReadOnlySpan<byte> rest = source[sizeof(int)..];
        int end = rest.IndexOf((byte)0);
        if (end < 0 || count < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> path = rest[..end];
        rest = rest[end..];
        int first = rest.IndexOfAnyExcept((byte)0);
        rest = first < 0 ? default : rest[first..];

        ReadOnlySpan<byte> arguments = rest;
        bool isCut = false;
        int length = 0;
        for (int at = 0; at < count; at++)
        {
            end = rest[length..].IndexOf((byte)0);
            if (end < 0)
            {
                isCut = true;
                length = rest.Length;
                break;
            }

            length += end + 1;
        }

        strings = new ArgumentStrings(path, arguments[..length], EntriesOf(arguments[length..]), isCut);
        return true;
    }

    /// <summary>The value of a variable, or <see langword="false"/> when it is not set.</summary>
    internal bool TryGetVariable(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (Range range in Environment.Split((byte)0))
        {
            ReadOnlySpan<byte> entry = Environment[range];
            if (entry.Length > name.Length && entry[name.Length] == (byte)'=' && entry.StartsWith(name))
            {
                value = entry[(name.Length + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }

    // An empty string ends the environment; what the kernel tells the dynamic linker follows.
    private static ReadOnlySpan<byte> EntriesOf(ReadOnlySpan<byte> rest)
    {
        int length = 0;
        while (length < rest.Length && rest[length] != 0)
        {
            int end = rest[length..].IndexOf((byte)0);
            if (end < 0)
            {
                return rest;
            }

            length += end + 1;
        }

        return rest[..length];
    }
}
