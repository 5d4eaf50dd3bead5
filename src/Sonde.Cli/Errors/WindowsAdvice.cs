using System.Runtime.InteropServices;

namespace Sonde.Cli.Errors;

/// <summary>Windows: an elevated prompt; and where Wintun comes from, which Sonde may not bring along.</summary>
internal sealed class WindowsAdvice(string system, Architecture architecture) : HostAdvice(system)
{
    // What its makers publish beside the file.
    private const string WintunHash = "07c256185d6ee3652e09fa55c0b673e2624b565e02c4b9091c79ca7d2f24ef51";

    private protected override IReadOnlyList<string> TunRights { get; } = ["Administrator"];

    private protected override IReadOnlyList<string> For(bool isDenied, string operation, IReadOnlyList<string> missingRights)
    {
        if (isDenied)
        {
            return ["To allow it, from an elevated prompt: powershell -Command \"Start-Process cmd -Verb RunAs\""];
        }

        return operation.Contains("wintun.dll", StringComparison.OrdinalIgnoreCase)
            ?
            [
                "To fetch it:           curl.exe -O https://www.wintun.net/builds/wintun-0.14.1.zip",
                $"To check it:           certutil -hashfile wintun-0.14.1.zip SHA256   (it is {WintunHash})",
                "To unpack it:          tar -xf wintun-0.14.1.zip",
                $"To put it in place:    copy wintun\\bin\\{Folder}\\wintun.dll \"{AppContext.BaseDirectory.TrimEnd('\\')}\"",
                "To use it elsewhere:   sonde tun create --wintun C:\\path\\to\\wintun.dll",
            ]
            : [];
    }

    // The library must be the one of this process, which is not always that of the machine.
    private string Folder => architecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        Architecture.X86 => "x86",
        _ => "arm",
    };
}
