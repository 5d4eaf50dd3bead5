using System.Globalization;
using System.Runtime.Versioning;
using System.Text;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>A field of the record that a tracepoint hands to its programs.</summary>
internal readonly record struct TracepointField(string Name, int Offset, int Size, bool IsSigned);

/// <summary>A tracepoint as tracefs describes it: its number, to attach by, and where its fields lie in the program's context.</summary>
/// <param name="Id">For <see cref="BpfLink.AttachTracepoint"/>.</param>
/// <param name="Fields">Its fields, those that all tracepoints have included.</param>
internal sealed record TracepointFormat(int Id, IReadOnlyList<TracepointField> Fields)
{
    /// <summary>Where tracefs is mounted, if it is.</summary>
    internal static IReadOnlyList<string> Roots { get; } = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>Reads the description of one tracepoint.</summary>
    /// <param name="root">Where tracefs is mounted.</param>
    /// <param name="name">"sock/inet_sock_set_state".</param>
    /// <returns>Null when the file is none that this understands.</returns>
    /// <exception cref="NativeException">The system refused; ENOENT when tracefs is not mounted or has no such tracepoint.</exception>
    [SupportedOSPlatform("linux")]
    internal static TracepointFormat? Read(string root, string name) => Parse(LibC.ReadFile($"{root}/events/{name}/format", 1 << 16, out _));

    /// <summary>The field of a name, or null.</summary>
    internal TracepointField? Find(string name)
    {
        foreach (TracepointField field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    /// <summary>Reads the text of a format file; lines that are not understood are passed over.</summary>
    /// <returns>Null when it has no number.</returns>
    internal static TracepointFormat? Parse(ReadOnlySpan<byte> text)
    {
        int? id = null;
        var fields = new List<TracepointField>();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith("ID:", StringComparison.Ordinal))
            {
                id = int.TryParse(trimmed.AsSpan(3), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int number) ? number : null;
            }
            else if (trimmed.StartsWith("field:", StringComparison.Ordinal) && ParseField(trimmed) is { } field)
            {
                fields.Add(field);
            }
        }

        return id is { } found ? new TracepointFormat(found, fields) : null;
    }

    // field:const void * skaddr;	offset:8;	size:8;	signed:0;
    private static TracepointField? ParseField(string line)
    {
        string[] parts = line.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || Number(parts, "offset:") is not { } offset || Number(parts, "size:") is not { } size)
        {
            return null;
        }

        string declaration = parts[0];
        int bracket = declaration.IndexOf('[', StringComparison.Ordinal);
        declaration = (bracket < 0 ? declaration : declaration[..bracket]).TrimEnd();
        int start = declaration.LastIndexOfAny([' ', '*', ':']) + 1;
        return start < declaration.Length ? new TracepointField(declaration[start..], offset, size, Number(parts, "signed:") == 1) : null;
    }

    private static int? Number(string[] parts, string key)
    {
        foreach (string part in parts)
        {
            if (part.StartsWith(key, StringComparison.Ordinal)
                && int.TryParse(part.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return number;
            }
        }

        return null;
    }
}
