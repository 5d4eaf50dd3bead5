namespace Sonde.Interop.Linux.Bpf;

/// <summary>Names of maps and programs: at most 15 letters, digits, underscores and dots.</summary>
internal static class BpfName
{
    internal static bpf_obj_name Of(string name)
    {
        if (name.Length >= BpfAbi.BPF_OBJ_NAME_LEN)
        {
            throw new ArgumentException($"'{name}' is longer than {BpfAbi.BPF_OBJ_NAME_LEN - 1} bytes", nameof(name));
        }

        bpf_obj_name bytes = default;
        for (int i = 0; i < name.Length; i++)
        {
            bytes[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '_' or '.'
                ? (byte)name[i]
                : throw new ArgumentException($"'{name}' holds '{name[i]}', which the kernel refuses", nameof(name));
        }

        return bytes;
    }

    internal static string Text(bpf_obj_name name)
    {
        ReadOnlySpan<byte> bytes = name;
        int end = bytes.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
