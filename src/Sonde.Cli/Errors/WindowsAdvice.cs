namespace Sonde.Cli.Errors;

/// <summary>Windows: an elevated prompt.</summary>
internal sealed class WindowsAdvice(string system) : HostAdvice(system)
{
    private protected override IReadOnlyList<string> For(bool isDenied, string operation, IReadOnlyList<string> missingRights) =>
        isDenied ? ["To allow it, from an elevated prompt: powershell -Command \"Start-Process cmd -Verb RunAs\""] : [];
}
