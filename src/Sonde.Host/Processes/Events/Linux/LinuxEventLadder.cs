using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Linux;
using Sonde.Interop.Unix;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>Linux: the process connector, and readings of /proc where it is refused.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxEventLadder : ProcessEventLadder
{
    private const string Connector = "connector";
    private const string Provides = "every start, execution and end as it happens, with exit code and signal; what was lost is counted and found again";
    private const string Right = "CAP_NET_ADMIN";

    // The kernel answers within the call; the time is for a machine that is busy.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private protected override IReadOnlyList<ProcessEventRung> Rungs { get; } =
        [new ProcessEventRung(ProcessEventSourceKind.Connector, Connector, OpenConnector, CheckConnector), SnapshotEventLadder.Rung];

    private static LinuxConnectorSource OpenConnector(ProcessEventOptions options, IReadOnlyList<Gap> gaps)
    {
        ProcessConnector connector = Subscribe(options.ReceiveBufferBytes);
        LinuxEventReader? reader = null;
        ProcessCollector? collector = null;
        try
        {
            reader = new LinuxEventReader(options);
            collector = ProcessCollector.Create(options.ForCollector(ProcessEngineKind.Proc)); // the marks of images of two engines need not be the same
            return new LinuxConnectorSource(options, connector, reader, collector, [.. gaps, .. GapsOf(connector, options)]);
        }
        catch (HostException)
        {
            collector?.Dispose();
            reader?.Dispose();
            connector.Dispose();
            throw;
        }
    }

    private static IEnumerable<Gap> GapsOf(ProcessConnector connector, ProcessEventOptions options)
    {
        if (connector.BufferBytes < options.ReceiveBufferBytes)
        {
            yield return new Gap(
                "bursts of events",
                ReadingStatus.Denied,
                FormattableString.Invariant($"the kernel's buffer holds {connector.BufferBytes} bytes instead of {options.ReceiveBufferBytes}: more needs {Right}. What does not fit is told as lost"));
        }
    }

    /// <summary>Opens the connector and makes sure that the kernel heard us: from some places it takes the request and says nothing.</summary>
    private static ProcessConnector Subscribe(int bufferBytes)
    {
        ProcessConnector? connector = null;
        try
        {
            connector = ProcessConnector.Open(bufferBytes);
            uint mark = (uint)Random.Shared.Next(1, int.MaxValue);
            connector.Listen(mark);
            if (!IsAnswered(connector, mark + 1))
            {
                throw new HostException(
                    HostFailure.Unavailable,
                    "send(PROC_CN_MCAST_LISTEN)",
                    null,
                    0,
                    "the kernel did not answer: it tells of processes only in the first user, pid and network namespace, not in a container");
            }

            return connector;
        }
        catch (NativeException refused)
        {
            connector?.Dispose();

            // ECONNREFUSED, and ENOENT before: no kernel listens to this socket here, as in another network namespace.
            throw refused.Error.Code is 111 or 2 ? new HostException(HostFailure.Unavailable, refused.Operation, null, refused.Error.Code, $"{refused.Error}: the kernel tells of processes only in the first network namespace", refused)
                : HostException.From(refused);
        }
        catch (HostException)
        {
            connector?.Dispose();
            throw;
        }
    }

    private static bool IsAnswered(ProcessConnector connector, uint mark)
    {
        using StopSignal never = StopSignal.Create();
        FileDescriptor nothing = ((UnixStopSignal)never).Waitable; // on Linux it is made of descriptors
        var intake = new ConnectorIntake();
        long started = Environment.TickCount64;
        while (Environment.TickCount64 - started < s_patience.TotalMilliseconds && Poller.Wait(connector.Descriptor, nothing, s_patience) == WaitResult.Ready)
        {
            int count = connector.Receive(out _);
            for (int index = 0; index < count; index++)
            {
                foreach (ConnectorEvent message in intake.Take(connector.Datagram(index), out _))
                {
                    // Others may ask at the same time, and everybody hears all answers.
                    if (message.Kind == ConnectorEventKind.Answer && message.Ack == mark)
                    {
                        return message.Status == 0
                            ? true
                            : throw HostException.From(new NativeException("send(PROC_CN_MCAST_LISTEN)", new NativeError(NativeErrorDomain.Errno, (int)message.Status)));
                    }
                }
            }
        }

        return false;
    }

    private static BackendStatus CheckConnector()
    {
        try
        {
            int wanted = new ProcessEventOptions().ReceiveBufferBytes;
            using ProcessConnector connector = Subscribe(wanted);
            return connector.BufferBytes >= wanted
                ? new BackendStatus(ProcessEventSource.Part, Connector, BackendState.Available, Provides, "send(PROC_CN_MCAST_LISTEN)")
                : new BackendStatus(
                    ProcessEventSource.Part, Connector, BackendState.Available, Provides, "setsockopt(SO_RCVBUFFORCE)", FormattableString.Invariant($"the kernel's buffer holds {connector.BufferBytes} bytes instead of {wanted}: long bursts are lost, and told as lost"), MissingRights: [Right]);
        }
        catch (HostException refused)
        {
            return BackendStatus.From(ProcessEventSource.Part, Connector, Provides, refused, refused.Failure == HostFailure.AccessDenied ? [Right] : []);
        }
    }
}
