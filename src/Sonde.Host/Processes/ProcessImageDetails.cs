namespace Sonde.Host.Processes;

/// <summary>More about the program's file than its identity.</summary>
/// <param name="Owner">The owner's user id or SID.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Mode">Permission bits, as octal digits: "4755" runs as its owner.</param>
/// <param name="Capabilities">Linux: capabilities that the file grants, by name.</param>
/// <param name="Architecture">For which processor it was built: "x86-64", "aarch64", "i386".</param>
/// <param name="IsTranslated">Whether an emulator runs it (Rosetta, WOW64).</param>
/// <param name="Product">The product it belongs to, or the bundle.</param>
/// <param name="Version">Its version.</param>
/// <param name="Company">Who made it.</param>
/// <param name="Description">What it calls itself.</param>
/// <param name="OriginalName">The name it was built with.</param>
public sealed record ProcessImageDetails(
    Reading<string> Owner,
    Reading<string> Group,
    Reading<string> Mode,
    Reading<IReadOnlyList<string>> Capabilities,
    Reading<string> Architecture,
    Reading<bool> IsTranslated,
    Reading<string> Product,
    Reading<string> Version,
    Reading<string> Company,
    Reading<string> Description,
    Reading<string> OriginalName);
