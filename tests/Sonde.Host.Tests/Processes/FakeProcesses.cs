using System.Runtime.Versioning;
using System.Text;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Assembly;
using Sonde.Host.Processes.Linux;

namespace Sonde.Host.Tests.Processes;

/// <summary>A process table made by hand: the engine, the reader and the collector over them.</summary>
internal sealed class FakeProcesses
{
    internal static readonly Guid Boot = new("11112222-3333-4444-5555-666677778888");

    private readonly List<(ProcessSample Sample, byte[] Name)> _rows = [];

    internal ManualTime Time { get; } = new();

    internal int Vanished { get; set; }

    internal int IdentityReads { get; private set; }

    internal bool IdentityIsGone { get; set; }

    /// <summary>What reading the table throws from now on.</summary>
    internal Exception? Failure { get; set; }

    internal SnapshotAssembly Open(ProcessCollectorOptions? options = null) =>
        new((options ?? new ProcessCollectorOptions { Fields = ProcessFields.EveryCycle }) with { Time = Time }, new Engine(this), new Reader(this));

    /// <summary>The same as a collector, for what takes one.</summary>
    [SupportedOSPlatform("linux")]
    internal ProcessCollector OpenCollector() =>
        new LinuxProcessCollector(new ProcessCollectorOptions { Fields = ProcessFields.Core | ProcessFields.Label, Time = Time }, new Engine(this), new Reader(this), []);

    internal void Set(int pid, ulong start, int parent = 1, string name = "a", TimeSpan cpu = default, ulong imageStamp = 0)
    {
        Remove(pid);
        var sample = new ProcessSample
        {
            Pid = pid,
            Start = start,
            StartOrder = start,
            ParentPid = parent,
            UserTime = cpu.Ticks,
            ImageStamp = imageStamp,
        };
        sample.Statuses.Set(SampleFields.ParentPid | SampleFields.Times, ReadingStatus.Ok);
        sample.Statuses.Set(SampleFields.IoGroup, ReadingStatus.Denied);
        _rows.Add((sample, Encoding.UTF8.GetBytes(name)));
    }

    internal void Remove(int pid) => _rows.RemoveAll(row => row.Sample.Pid == pid);

    private sealed class Engine(FakeProcesses owner) : ProcessEngine
    {
        internal override ProcessEngineKind Kind => ProcessEngineKind.Proc;

        internal override SampleReasons Reasons { get; } = new((SampleFields.IoGroup, ReadingStatus.Denied, "no ptrace right"));

        internal override IReadOnlyList<Gap> Gaps => [];

        internal override void Read(ProcessFields fields, SampleTable table)
        {
            if (owner.Failure is not null)
            {
                throw owner.Failure;
            }

            foreach ((ProcessSample sample, byte[] name) in owner._rows)
            {
                table.Add(sample, name);
            }

            table.Vanished += owner.Vanished;
        }
    }

    private sealed class Reader(FakeProcesses owner) : ProcessReader
    {
        internal override Guid Boot => FakeProcesses.Boot;

        internal override bool ReadIdentity(in ProcessSample sample, ProcessFields fields, ProcessIdentity identity)
        {
            owner.IdentityReads++;
            identity.Label = $"label of {sample.Pid}";
            return !owner.IdentityIsGone;
        }

        internal override bool ReadDetails(in ProcessSample sample, ProcessFields fields, ProcessDetails details)
        {
            details.WorkingFolder = $"/{sample.Pid}";
            return true;
        }
    }
}
