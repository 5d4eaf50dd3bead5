using System.Collections.Concurrent;
using System.Globalization;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

/// <summary>Values of a process that are put together from several.</summary>
internal static class PsText
{
    private const int MaxSets = 4096;
    private static readonly ConcurrentDictionary<ulong, IReadOnlyList<string>> s_capabilities = new();
    private static readonly ConcurrentDictionary<ulong, string> s_bits = new();

    /// <summary>The key without the boot, which is the same for all and stands once in an answer.</summary>
    internal static string Key(ProcessKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Pid}-{key.Start}");

    /// <summary>User and kernel time together.</summary>
    internal static FieldValue CpuTime(ProcessRecord process)
    {
        Reading<TimeSpan> user = process.UserTime;
        Reading<TimeSpan> kernel = process.KernelTime;
        return user.HasValue && kernel.HasValue ? FieldValue.Of((user.Value + kernel.Value).Ticks) : FieldValue.Of(user.HasValue ? kernel : user);
    }

    internal static string Device(ulong device) => string.Create(CultureInfo.InvariantCulture, $"{device >> 32}:{device & 0xFFFFFFFF}");

    internal static string Container(ProcessContainer container) => $"{container.Runtime}:{container.ShortId}";

    internal static FieldValue Outer(ProcessContainer container) => FieldValue.Of(
        container.Outer.Count > 0 ? Reading.Ok<IReadOnlyList<string>>([.. container.Outer.Select(static outer => $"{outer.Runtime}:{outer.Id}")]) : Reading.None<IReadOnlyList<string>>("it is in no other container"));

    /// <summary>A set of capabilities as its bits: forty names a process would be most of an answer.</summary>
    internal static string Bits(ulong set) => s_bits.GetOrAdd(set, static bits => string.Create(CultureInfo.InvariantCulture, $"0x{bits:x}"));

    /// <summary>The names of a set of capabilities: the same list for the same set, for most processes have one of a few.</summary>
    internal static FieldValue Capabilities(ulong set)
    {
        if (s_capabilities.Count > MaxSets || s_bits.Count > MaxSets)
        {
            s_capabilities.Clear();
            s_bits.Clear();
        }

        return FieldValue.Of(Reading.Ok(s_capabilities.GetOrAdd(set, static bits => ProcessCapabilities.NamesOf(bits))));
    }

    internal static FieldValue Numbers(IReadOnlyList<int> numbers) =>
        FieldValue.Of(Reading.Ok<IReadOnlyList<string>>([.. numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture))]));

    internal static FieldValue Privileges(IReadOnlyList<WindowsPrivilege> privileges) => FieldValue.Of(Reading.Ok<IReadOnlyList<string>>(
        [.. privileges.Select(static one => one.IsRemoved ? $"{one.Name} (removed)" : one.IsEnabled ? one.Name : $"{one.Name} (disabled)")]));

    internal static FieldValue Limits(IReadOnlyList<ProcessLimit> limits) => FieldValue.Of(Reading.Ok<IReadOnlyList<string>>(
        [.. limits.Select(static limit => $"{limit.Name}: {Of(limit.Soft)} of {Of(limit.Hard)}{(limit.Unit.Length > 0 ? " " : string.Empty)}{limit.Unit}")]));

    internal static FieldValue Pairs(IReadOnlyDictionary<string, string> pairs) => FieldValue.Of(Reading.Ok<IReadOnlyList<string>>([.. pairs.Select(static pair => $"{pair.Key}={pair.Value}")]));

    private static string Of(ulong? limit) => limit?.ToString(CultureInfo.InvariantCulture) ?? "unlimited";
}
