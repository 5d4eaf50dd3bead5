namespace Sonde.Cli.Errors;

/// <summary>macOS: root once; BPF devices for good by the group that Wireshark's installer makes.</summary>
internal sealed class MacOSAdvice(string system) : HostAdvice(system)
{
    private protected override IReadOnlyList<string> For(bool isDenied, string operation, IReadOnlyList<string> missingRights)
    {
        if (!isDenied)
        {
            return [];
        }

        return operation.Contains("bpf", StringComparison.OrdinalIgnoreCase)
            ?
            [
                "To allow it for good:  sudo dseditgroup -o edit -a \"$USER\" -t user access_bpf   (the group of Wireshark's ChmodBPF)",
                "To allow it this once: sudo sonde",
            ]
            : ["To allow it this once: sudo sonde"];
    }
}
