using System.Net;
using System.Runtime.Versioning;
using Sonde.Host.Resolvers.Unix;
using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Resolvers.Linux;

/// <summary>systemd-resolved over D-Bus where it runs, and /etc/resolv.conf, which programs that do not know it use.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxNameResolvers(LinuxResolverPaths paths) : NameResolvers
{
    // The C library has no limit; a file of more than this is no configuration.
    private const int MaxFileBytes = 256 * 1024;

    internal LinuxNameResolvers()
        : this(LinuxResolverPaths.Default)
    {
    }

    public override IReadOnlyList<BackendStatus> Check()
    {
        (Reading<ResolvedConfiguration> resolved, Reading<ResolvConf> file, _) = ReadBoth();
        return
        [
            ToStatus("systemd-resolved", "servers and search domains per interface", "org.freedesktop.resolve1", resolved.Status, resolved.Reason),
            ToStatus("resolv.conf", "servers and search domains of the whole host", $"open({paths.ResolvConf})", file.Status, file.Reason),
        ];
    }

    public override ResolverSnapshot Collect()
    {
        (Reading<ResolvedConfiguration> resolved, Reading<ResolvConf> file, string? note) = ReadBoth();
        var servers = new List<ResolverServer>();
        var domains = new List<SearchDomain>();
        var sources = new List<ResolverSource>();

        if (resolved.TryGetValue(out ResolvedConfiguration? configuration))
        {
            servers.AddRange(configuration.Servers);
            domains.AddRange(configuration.Domains);
        }

        sources.Add(new ResolverSource(ResolvedConfiguration.SourceName, resolved.Status, resolved.Reason, configuration?.Options ?? [], configuration?.Skipped ?? 0));

        if (file.TryGetValue(out ResolvConf? conf))
        {
            servers.AddRange(conf.Servers.Select(address => new ResolverServer { Address = address, IsLocalStub = IPAddress.IsLoopback(address), Source = paths.ResolvConf }));
            domains.AddRange(conf.SearchDomains.Select(name => new SearchDomain { Name = name, Source = paths.ResolvConf }));
            if (conf.Servers.Count > ResolvConf.AskedServers)
            {
                note = Join(note, $"the C library asks only the first {ResolvConf.AskedServers} of {conf.Servers.Count} servers");
            }
            else if (conf.Servers.Count == 0)
            {
                note = Join(note, "it names no server, so the C library asks 127.0.0.1");
            }
        }

        sources.Add(new ResolverSource(paths.ResolvConf, file.Status, file.HasValue ? note : file.Reason, conf?.Options ?? [], conf?.Skipped ?? 0));
        return new ResolverSnapshot(servers, domains, sources);
    }

    /// <summary>Reads systemd-resolved only: it alone ties servers to interfaces.</summary>
    internal Reading<ResolvedConfiguration> ReadResolved() => ResolvedConfiguration.Read(paths);

    private static string Join(string? first, string second) => first is null ? second : $"{first}; {second}";

    private static BackendStatus ToStatus(string backend, string provides, string operation, ReadingStatus status, string? reason) =>
        new(
            Part,
            backend,
            status switch
            {
                ReadingStatus.Ok => BackendState.Available,
                ReadingStatus.Denied => BackendState.Denied,
                _ => BackendState.Unavailable,
            },
            provides,
            operation,
            reason);

    private (Reading<ResolvedConfiguration> Resolved, Reading<ResolvConf> File, string? Note) ReadBoth()
    {
        Reading<ResolvConf> file;
        string? note = null;
        try
        {
            byte[] text = LibC.ReadFile(paths.ResolvConf, MaxFileBytes, out bool truncated);
            file = ResolvConf.Parse(text);
            if (truncated)
            {
                note = $"only its first {MaxFileBytes / 1024} KiB were read";
            }
        }
        catch (NativeException refused)
        {
            file = HostException.Classify(refused.Error) switch
            {
                HostFailure.AccessDenied => Reading.Denied<ResolvConf>(refused.Message),
                HostFailure.NotFound => Reading.None<ResolvConf>(WhyNotFound(refused)),
                _ => Reading.Failed<ResolvConf>(refused.Message),
            };
        }

        return (ReadResolved(), file, note);
    }

    private string WhyNotFound(NativeException refused) =>
        new FileInfo(paths.ResolvConf).LinkTarget is { } target
            ? $"it is a link to {target}, which does not exist"
            : refused.Message;
}
