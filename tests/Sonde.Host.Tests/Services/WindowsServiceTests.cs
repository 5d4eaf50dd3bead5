using Sonde.Host.Services;
using Sonde.Host.Services.Assembly;
using Sonde.Host.Services.Windows;
using Sonde.Host.Tests.Windows;
using Sonde.Interop.Windows;

namespace Sonde.Host.Tests.Services;

public sealed class WindowsServiceTests
{
    [Fact]
    public void Rows_are_read_with_the_names_behind_them()
    {
        AdapterAnswer answer = Rows(
            ("Dnscache", "DNS Client", WinSvc.SERVICE_WIN32_SHARE_PROCESS, WinSvc.SERVICE_RUNNING, 0, 1234),
            ("disk", "Disk Driver", WinSvc.SERVICE_KERNEL_DRIVER, WinSvc.SERVICE_RUNNING, 0, 0));

        List<ServiceEntry> entries = Parse(answer.Bytes, 2, out int skipped);

        Assert.Equal(0, skipped);
        Assert.Equal(new ServiceEntry("Dnscache", "DNS Client", WinSvc.SERVICE_WIN32_SHARE_PROCESS, WinSvc.SERVICE_RUNNING, 0, 0, 1234), entries[0]);
        Assert.Equal(ServiceKind.Driver, ServiceWords.KindOf(entries[1].Type));
    }

    [Fact]
    public void Every_prefix_counts_what_it_lacks_and_none_throws()
    {
        byte[] whole = Rows(("a", "b", 0x10, 4, 0, 8), ("c", "d", 0x20, 1, 0, 0)).ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            List<ServiceEntry> entries = Parse(new AddressedBytes(whole.AsSpan(0, length), AdapterAnswer.Base), 2, out int skipped);
            Assert.Equal(2, entries.Count + skipped);
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_count_that_lies_is_not_followed(int count)
    {
        Parse(Rows(("a", "b", 0x10, 4, 0, 8)).Bytes, count, out int skipped);

        Assert.InRange(skipped, 0, int.MaxValue);
    }

    [Fact]
    public void Mutations_never_throw()
    {
        byte[] whole = Rows(("one", "two", 0x10, 4, 0, 8), ("three", "four", 0x20, 1, 1067, 0)).ToArray();
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            Assert.InRange(Parse(new AddressedBytes(bytes, AdapterAnswer.Base), 2, out _).Count, 0, 2);
            ServiceConfig.Parse(new AddressedBytes(bytes, AdapterAnswer.Base));
            ServiceConfig.ParseDescription(new AddressedBytes(bytes, AdapterAnswer.Base));
        }
    }

    [Theory]
    [InlineData(0u, "success", ServiceState.Stopped)]
    [InlineData(1077u, null, ServiceState.Stopped)]
    [InlineData(1066u, "a number of its own", ServiceState.Failed)]
    public void A_stopped_service_says_how_it_ended(uint exitCode, string? result, ServiceState state)
    {
        var entry = new ServiceEntry("a", "b", WinSvc.SERVICE_WIN32_OWN_PROCESS, WinSvc.SERVICE_STOPPED, exitCode, 42, 0);

        Assert.Equal(result, entry.Result.HasValue ? entry.Result.Value : null);
        Assert.Equal(state, ServiceWords.StateOf(entry.State, entry.HasFailed).Value);
        Assert.Equal(exitCode == 1066 ? 42 : exitCode == 0 ? 0 : null, entry.Exit.HasValue ? entry.Exit.Value : (int?)null);
    }

    [Fact]
    public void A_service_that_runs_has_not_ended()
    {
        var entry = new ServiceEntry("a", "b", WinSvc.SERVICE_WIN32_OWN_PROCESS, WinSvc.SERVICE_RUNNING, 0, 0, 8);

        Assert.Equal(ReadingStatus.None, entry.Exit.Status);
        Assert.Equal(ReadingStatus.None, entry.Result.Status);
    }

    [Fact]
    public void The_setup_of_a_service_is_read_with_its_texts()
    {
        var answer = new AdapterAnswer();
        nint place = answer.Add(default(QUERY_SERVICE_CONFIGW));
        nint command = answer.AddText(@"C:\Windows\system32\svchost.exe -k NetworkService -p");
        nint account = answer.AddText(@"NT AUTHORITY\NetworkService");
        answer.Replace(place, new QUERY_SERVICE_CONFIGW { dwStartType = 2, lpBinaryPathName = command, lpServiceStartName = account });

        Assert.Equal(new ServiceConfig(2, @"C:\Windows\system32\svchost.exe -k NetworkService -p", @"NT AUTHORITY\NetworkService"), ServiceConfig.Parse(answer.Bytes));
        Assert.Null(ServiceConfig.Parse(new AddressedBytes(new byte[8], AdapterAnswer.Base)));
    }

    [Theory]
    [InlineData(2u, true, ServiceStart.Delayed, "AUTO_START (DELAYED)")]
    [InlineData(2u, false, ServiceStart.Automatic, "AUTO_START")]
    [InlineData(3u, true, ServiceStart.Manual, "DEMAND_START")]
    [InlineData(4u, false, ServiceStart.Disabled, "DISABLED")]
    public void Start_types_have_words(uint start, bool isDelayed, ServiceStart expected, string word)
    {
        Assert.Equal(expected, ServiceWords.StartOf(start, isDelayed).Value);
        Assert.Equal(word, ServiceWords.StartNameOf(start, isDelayed));
    }

    [Fact]
    public void Services_of_one_process_stand_together()
    {
        IReadOnlyDictionary<int, IReadOnlyList<string>> hosted = WindowsHostedServices.ByProcess(
        [
            new ServiceEntry("Themes", "", 0x20, 4, 0, 0, 8), new ServiceEntry("BITS", "", 0x20, 4, 0, 0, 8), new ServiceEntry("Stopped", "", 0x20, 1, 0, 0, 0), new ServiceEntry("Own", "", 0x10, 4, 0, 0, 12),
        ]);

        Assert.Equal(["BITS", "Themes"], hosted[8]);
        Assert.Equal(["Own"], hosted[12]);
        Assert.Equal(2, hosted.Count);
    }

    [Theory]
    [InlineData(@"""C:\Program Files\MySQL\bin\mysqld.exe"" --defaults-file=""C:\my.ini"" MySQL", @"""C:\Program Files\MySQL\bin\mysqld.exe"" --defaults-file=""C:\my.ini"" MySQL")]
    [InlineData(@"C:\agent.exe --password=geheim --run", @"C:\agent.exe --password=*** --run")]
    public void A_command_line_stays_as_it_is_unless_it_holds_a_secret(string line, string shown)
    {
        Assert.Equal(shown, ServiceCommand.Of(line, showSecrets: false));
        Assert.Equal(line, ServiceCommand.Of(line, showSecrets: true));
    }

    private static List<ServiceEntry> Parse(AddressedBytes page, int count, out int skipped)
    {
        var entries = new List<ServiceEntry>();
        skipped = 0;
        ServiceEntry.Parse(page, count, entries, ref skipped);
        return entries;
    }

    private static AdapterAnswer Rows(params (string Name, string DisplayName, uint Type, uint State, uint ExitCode, uint ProcessId)[] services)
    {
        var answer = new AdapterAnswer();
        nint[] places = [.. services.Select(_ => answer.Add(default(ENUM_SERVICE_STATUS_PROCESSW)))];
        for (int at = 0; at < services.Length; at++)
        {
            (string name, string displayName, uint type, uint state, uint exitCode, uint processId) = services[at];
            answer.Replace(places[at], new ENUM_SERVICE_STATUS_PROCESSW
            {
                lpServiceName = answer.AddText(name),
                lpDisplayName = answer.AddText(displayName),
                ServiceStatusProcess = new SERVICE_STATUS_PROCESS { dwServiceType = type, dwCurrentState = state, dwWin32ExitCode = exitCode, dwProcessId = processId },
            });
        }

        return answer;
    }
}
