using Sonde.Cli.Output;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;
using Sonde.Host.Services;

namespace Sonde.Cli.Commands.Services;

/// <summary>What `sonde services` was asked for, understood and complete.</summary>
/// <param name="Format">How to print.</param>
/// <param name="Names">Only these; empty for all.</param>
/// <param name="Filter">Which ones; null for all.</param>
/// <param name="Sort">By which field; null for the order of names.</param>
/// <param name="IsDescending">Whether the largest comes first.</param>
/// <param name="IsAll">Whether those that do not run, and what is no service, are shown too.</param>
/// <param name="ShowSecrets">Whether nothing is masked.</param>
internal sealed record ServicesOptions(
    OutputFormat Format,
    IReadOnlyList<string> Names,
    RecordFilter<ServiceRecord>? Filter,
    RecordField<ServiceRecord>? Sort,
    bool IsDescending,
    bool IsAll,
    bool ShowSecrets)
{
    /// <summary>Whether the services of the user are meant.</summary>
    internal bool IsOfUser { get; init; }

    /// <summary>Which fields are printed; null for all of them, or for the columns that fit people.</summary>
    internal IReadOnlyList<RecordField<ServiceRecord>>? Fields { get; init; }

    /// <summary>Those of the services that were asked for, in order.</summary>
    internal List<ServiceRecord> Choose(ServiceSnapshot snapshot)
    {
        List<ServiceRecord> chosen = [.. snapshot.Services.Where(Shows)];
        if (Sort is not null)
        {
            RecordOrder.Sort(chosen, Sort, IsDescending);
        }

        return chosen;
    }

    // Who names or describes what he wants gets it, whatever it is and does.
    private bool Shows(ServiceRecord service) =>
        Names.Count > 0 ? Names.Any(name => IsNamed(service, name)) && (Filter is null || Filter.Fits(service))
        : Filter is not null ? Filter.Fits(service)
        : IsAll || (service.Kind is ServiceKind.Service or ServiceKind.Agent && IsUp(service));

    // Unknown is not stopped. What launchd holds ready, and what has failed, is worth a line.
    private static bool IsUp(ServiceRecord service) => service.State.Status switch
    {
        ReadingStatus.Ok => service.State.Value != ServiceState.Stopped,
        ReadingStatus.None => false, // a pattern, or another name
        _ => true,
    };

    private static bool IsNamed(ServiceRecord service, string name) =>
        service.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        || (service.Kind == ServiceKind.Service && service.Name.Equals(name + ".service", StringComparison.Ordinal));
}
