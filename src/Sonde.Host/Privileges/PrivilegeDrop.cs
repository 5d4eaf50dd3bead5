namespace Sonde.Host.Privileges;

/// <summary>What became of giving up rights.</summary>
/// <param name="Dropped">Rights that the process held and holds no more.</param>
/// <param name="Kept">Rights that it still holds, as asked.</param>
/// <param name="NoNewPrivileges">Whether it can no longer gain rights by executing a program.</param>
/// <param name="Gaps">What could not be given up, and why; empty when the drop is complete.</param>
public sealed record PrivilegeDrop(
    IReadOnlyList<string> Dropped,
    IReadOnlyList<string> Kept,
    Reading<bool> NoNewPrivileges,
    IReadOnlyList<Gap> Gaps);
