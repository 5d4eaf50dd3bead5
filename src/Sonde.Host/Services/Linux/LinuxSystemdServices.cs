using System.Net.Sockets;
using System.Runtime.Versioning;
using Sonde.Interop.Linux.DBus;
using Sonde.Host.Services.Assembly;

namespace Sonde.Host.Services.Linux;

/// <summary>Units as systemd itself tells of them: over its own socket, which is for root, or over the system bus, which is for all.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxSystemdServices : SystemServices
{
    internal const string BackendName = "systemd";
    internal const string UserBackendName = "systemd --user";

    private const string Destination = "org.freedesktop.systemd1";
    private const string Manager = "/org/freedesktop/systemd1";
    private const string ManagerInterface = "org.freedesktop.systemd1.Manager";

    // systemd answers nothing while it reads all its units again.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ServiceOptions _options;
    private readonly DBusConnection _connection;

    private LinuxSystemdServices(ServiceOptions options, DBusConnection connection)
    {
        _options = options;
        _connection = connection;
    }

    public override string Backend => _options.OfUser ? UserBackendName : BackendName;

    /// <summary>Opens systemd's own socket.</summary>
    /// <exception cref="HostException">It does not run, or does not let this user in.</exception>
    internal static LinuxSystemdServices OpenPrivate(LinuxServicePaths paths, ServiceOptions options) =>
        Open(paths, options, paths.PrivateSocket, DBusConnection.ToService);

    /// <summary>Opens the system bus.</summary>
    /// <exception cref="HostException">There is no bus, or systemd is not on it.</exception>
    internal static LinuxSystemdServices OpenBus(LinuxServicePaths paths, ServiceOptions options) =>
        Open(paths, options, paths.SystemBus, DBusConnection.ToBus);

    internal override ServiceSnapshot CollectServices()
    {
        try
        {
            return ReadAll();
        }
        catch (Exception refused) when (refused is SocketException or DBusException)
        {
            throw SystemdRefusal.Of("ListUnits", refused);
        }
    }

    protected override void Dispose(bool disposing)
    {
        _connection.Dispose();
        base.Dispose(disposing);
    }

    private static LinuxSystemdServices Open(LinuxServicePaths paths, ServiceOptions options, string socket, Func<string, TimeSpan, DBusConnection> connect)
    {
        if (!Directory.Exists(paths.Booted) && !File.Exists(socket))
        {
            throw new HostException(HostFailure.Unavailable, $"connect({socket})", null, 0, $"systemd does not run here: {paths.Booted} does not exist");
        }

        DBusConnection? connection = null;
        try
        {
            connection = connect(socket, s_patience);

            // The bus is there without systemd too; a short question tells.
            connection.Ask(new DBusQuestion(Destination, Manager, "org.freedesktop.DBus.Properties", "Get", ManagerInterface, "Version"));
            return new LinuxSystemdServices(options, connection);
        }
        catch (Exception refused) when (refused is SocketException or DBusException)
        {
            connection?.Dispose();
            throw SystemdRefusal.Of($"connect({socket})", refused);
        }
    }

    private ServiceSnapshot ReadAll()
    {
        var gaps = new List<Gap>();
        var units = new List<SystemdUnit>();
        var files = new List<SystemdUnitFile>();
        if (!SystemdUnit.Parse(_connection.Ask(new DBusQuestion(Destination, Manager, ManagerInterface, "ListUnits")).Read(), units))
        {
            gaps.Add(new Gap("units", ReadingStatus.Failed, "the answer to ListUnits ends early"));
        }

        ReadFiles(files, gaps);
        ServiceLimit.Apply(units, _options.MaxServices, gaps);
        ServiceLimit.Apply(files, _options.MaxServices, gaps);
        Reading<SystemdProperties>[] details = ReadDetails(units);

        string unnamedUser = _options.OfUser ? Environment.UserName : "root";
        var byName = new Dictionary<string, SystemdUnitFile>(StringComparer.Ordinal);
        foreach (SystemdUnitFile file in files)
        {
            byName.TryAdd(file.Name, file);
        }

        var records = new List<ServiceRecord>(units.Count + files.Count);
        var loaded = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 0; at < units.Count; at++)
        {
            SystemdUnit unit = units[at];
            loaded.Add(unit.Name);
            records.Add(SystemdRecord.Of(unit, byName.TryGetValue(unit.Name, out SystemdUnitFile file) ? file : null, details[at], _options.ShowSecrets, unnamedUser));
        }

        records.AddRange(byName.Values.Where(file => !loaded.Contains(file.Name)).Select(SystemdRecord.Of));
        records.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new ServiceSnapshot(Backend, records, gaps);
    }

    // Systems that hide this list still have the other one.
    private void ReadFiles(List<SystemdUnitFile> files, List<Gap> gaps)
    {
        try
        {
            if (!SystemdUnitFile.Parse(_connection.Ask(new DBusQuestion(Destination, Manager, ManagerInterface, "ListUnitFiles")).Read(), files))
            {
                gaps.Add(new Gap("unit files", ReadingStatus.Failed, "the answer to ListUnitFiles ends early"));
            }
        }
        catch (DBusException refused)
        {
            gaps.Add(new Gap("unit files", refused.IsAccessDenied ? ReadingStatus.Denied : ReadingStatus.Failed, refused.Message));
        }
    }

    // Two questions for each service; other units have nothing that is worth the time.
    private Reading<SystemdProperties>[] ReadDetails(List<SystemdUnit> units)
    {
        var details = new Reading<SystemdProperties>[units.Count];
        var questions = new List<DBusQuestion>();
        var owners = new List<int>();
        for (int at = 0; at < units.Count; at++)
        {
            details[at] = SystemdRecord.NoService;
            if (UnitWords.KindOf(units[at].Name) == ServiceKind.Service)
            {
                details[at] = new SystemdProperties();
                questions.Add(DBusQuestion.ForProperties(Destination, units[at].Path, "org.freedesktop.systemd1.Unit"));
                questions.Add(DBusQuestion.ForProperties(Destination, units[at].Path, "org.freedesktop.systemd1.Service"));
                owners.Add(at);
                owners.Add(at);
            }
        }

        _connection.AskAll(questions, (question, answer) =>
        {
            ref Reading<SystemdProperties> found = ref details[owners[question]];
            if (answer.ErrorName is not null)
            {
                var refused = DBusException.Of(answer);
                found = refused.IsAccessDenied ? Reading.Denied<SystemdProperties>(refused.Message)
                    : refused.IsUnknownObject ? Reading.Gone<SystemdProperties>(refused.Message)
                    : Reading.Failed<SystemdProperties>(refused.Message);
            }
            else if (found.TryGetValue(out SystemdProperties? told) && !told.Read(answer.Read()))
            {
                found = Reading.Failed<SystemdProperties>("the answer to GetAll ends early");
            }
        });
        return details;
    }
}
