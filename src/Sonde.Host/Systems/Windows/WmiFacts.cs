namespace Sonde.Host.Systems.Windows;

/// <summary>Makes sense of what WMI answers about protection and updates. Runs on every system.</summary>
internal static class WmiFacts
{
    internal const string SecurityCenter = @"root\SecurityCenter2";
    internal const string DefenderPath = @"root\Microsoft\Windows\Defender";

    private const string NoCenter = "this Windows has no security center: servers have none";

    private static readonly (string Class, string Kind)[] s_kinds = [("AntiVirusProduct", "antivirus"), ("FirewallProduct", "firewall"), ("AntiSpywareProduct", "antispyware")];

    /// <summary>The products that told the security center about themselves.</summary>
    internal static Reading<IReadOnlyList<SecurityProduct>> SecurityProducts(WmiQuestion ask)
    {
        var products = new List<SecurityProduct>();
        WmiAnswer? refused = null;
        int answered = 0;
        foreach ((string name, string kind) in s_kinds)
        {
            WmiAnswer answer = ask(SecurityCenter, name, "displayName", "productState", "pathToSignedReportingExe");
            if (answer.Result < 0)
            {
                refused ??= answer; // the kinds have come and gone over the versions
                continue;
            }

            answered++;
            products.AddRange(answer.Rows.Select(row => ProductOf(answer, row, kind)));
        }

        if (answered == 0 && refused is not null)
        {
            Reading<IReadOnlyList<SecurityProduct>> why = refused.Absent<IReadOnlyList<SecurityProduct>>(NoCenter);
            return why.Status == ReadingStatus.Unsupported ? Reading.Unsupported<IReadOnlyList<SecurityProduct>>(NoCenter) : why;
        }

        return products.Count > 0 ? products : Reading.None<IReadOnlyList<SecurityProduct>>("no product has told the security center about itself");
    }

    /// <summary>What Defender says.</summary>
    internal static Reading<DefenderState> Defender(WmiQuestion ask)
    {
        WmiAnswer answer = ask(
            DefenderPath, "MSFT_MpComputerStatus", "AntivirusEnabled", "RealTimeProtectionEnabled", "IsTamperProtected", "AMProductVersion", "AntivirusSignatureVersion", "AntivirusSignatureLastUpdated");
        return answer.Rows.Count == 0
            ? answer.Absent<DefenderState>("Defender says nothing of itself")
            : new DefenderState(
                answer.Of<bool>("AntivirusEnabled"),
                answer.Of<bool>("RealTimeProtectionEnabled"),
                answer.Of<bool>("IsTamperProtected"),
                answer.Of<string>("AMProductVersion"),
                answer.Of<string>("AntivirusSignatureVersion"),
                Time(answer, "AntivirusSignatureLastUpdated"));
    }

    /// <summary>The updates that are listed.</summary>
    internal static Reading<IReadOnlyList<HostUpdate>> Updates(WmiQuestion ask)
    {
        WmiAnswer answer = ask(@"root\cimv2", "Win32_QuickFixEngineering", "HotFixID", "Description", "InstalledOn", "InstalledBy");
        HostUpdate[] updates =
        [
            .. answer.Rows.Select(row => new HostUpdate(
                answer.Of<string>(row, "HotFixID").GetValueOrDefault(string.Empty),
                answer.Of<string>(row, "Description"),
                answer.Of<string>(row, "InstalledOn"),
                answer.Of<string>(row, "InstalledBy"))).Where(static update => update.Id.Length > 0).OrderBy(static update => update.Id, StringComparer.Ordinal),
        ];
        return updates.Length > 0 ? updates : answer.Absent<IReadOnlyList<HostUpdate>>("no update is listed");
    }

    internal static Reading<DateTimeOffset> Time(WmiAnswer answer, string property)
    {
        Reading<string> text = answer.Of<string>(property);
        return text.HasValue ? CimTime.Parse(text.Value) : new Reading<DateTimeOffset>(text.Status, default, text.Reason);
    }

    // The security center's number is not documented by Microsoft; its parts are those of WSC_SECURITY_PRODUCT_STATE and _SIGNATURE_STATUS (iwscapi.h), in nibbles.
    private static SecurityProduct ProductOf(WmiAnswer answer, object?[] row, string kind)
    {
        Reading<long> state = answer.Of<long>(row, "productState");
        return new SecurityProduct(
            kind,
            answer.Of<string>(row, "displayName").GetValueOrDefault("(without a name)"),
            state.HasValue ? StateOf(state.Value) : new Reading<string>(state.Status, default, state.Reason),
            kind == "firewall" ? Reading.Unsupported<bool>("firewalls have no definitions") : state.Select(static number => (number & 0xF0) == 0),
            state.Select(static number => (number & 0xF00) == 0x100),
            answer.Of<string>(row, "pathToSignedReportingExe"));
    }

    private static Reading<string> StateOf(long number) => (number & 0xF000) switch
    {
        0x0000 => "off",
        0x1000 => "on",
        0x2000 => "snoozed",
        0x3000 => "expired",
        _ => Reading.Failed<string>($"the state 0x{number:X6} is not known"),
    };
}
