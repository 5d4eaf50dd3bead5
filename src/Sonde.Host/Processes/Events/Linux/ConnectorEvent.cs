using Sonde.Interop;
using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>One message of the process connector (linux/cn_proc.h).</summary>
internal readonly record struct ConnectorEvent
{
    // What older kernels put in the place of the processor of an answer, which they do not number; newer ones (6.6) number it as any other.
    private const uint NoProcessor = uint.MaxValue;

    internal ConnectorEventKind Kind { get; private init; }

    /// <summary>The processor that told it; messages are numbered on each.</summary>
    internal uint Processor { get; private init; }

    /// <summary>Its number on that processor.</summary>
    internal uint Sequence { get; private init; }

    /// <summary>Of an answer: one more than that of the request.</summary>
    internal uint Ack { get; private init; }

    /// <summary>When, in nanoseconds of CLOCK_MONOTONIC.</summary>
    internal long Timestamp { get; private init; }

    /// <summary>The thread; equal to <see cref="Pid"/> when it is about a process.</summary>
    internal int Thread { get; private init; }

    /// <summary>The process: the new one of a fork.</summary>
    internal int Pid { get; private init; }

    /// <summary>Of a fork or an exit: the parent; 0 when the kernel is too old to say.</summary>
    internal int Parent { get; private init; }

    /// <summary>Of an exit: the status as wait(2) gives it; of an answer: an error number.</summary>
    internal uint Status { get; private init; }

    /// <summary>Whether it is numbered, so that holes show what was lost.</summary>
    internal bool IsNumbered => Processor != NoProcessor;

    /// <summary>Whether it is about a whole process, not about one of its threads.</summary>
    internal bool IsProcess => Thread == Pid;

    /// <summary>Reads a message.</summary>
    /// <param name="payload">What follows the netlink header.</param>
    /// <param name="message">The message.</param>
    /// <returns><see langword="false"/> for bytes that are cut, or of another connector; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out ConnectorEvent message)
    {
        message = default;
        if (!NativeStruct.TryRead(payload, out cn_msg envelope) || envelope.idx != Connector.CN_IDX_PROC || envelope.val != Connector.CN_VAL_PROC)
        {
            return false;
        }

        ReadOnlySpan<byte> data = payload[NativeStruct.SizeOf<cn_msg>()..];
        data = data[..Math.Min(data.Length, envelope.len)];
        if (!NativeStruct.TryRead(data, out proc_event_head head))
        {
            return false;
        }

        data = data[NativeStruct.SizeOf<proc_event_head>()..];
        message = new ConnectorEvent
        {
            Processor = head.cpu,
            Sequence = envelope.seq,
            Ack = envelope.ack,
            Timestamp = (long)Math.Min(head.timestamp_ns, long.MaxValue),
        };
        switch (head.what)
        {
            case Connector.PROC_EVENT_NONE when NativeStruct.TryRead(data, out uint error):
                message = message with { Kind = ConnectorEventKind.Answer, Status = error };
                return true;
            case Connector.PROC_EVENT_FORK when NativeStruct.TryRead(data, out fork_proc_event fork):
                message = message with { Kind = ConnectorEventKind.Fork, Thread = fork.child_pid, Pid = fork.child_tgid, Parent = fork.parent_tgid };
                return fork.child_tgid > 0;
            case Connector.PROC_EVENT_EXEC when NativeStruct.TryRead(data, out exec_proc_event exec):
                message = message with { Kind = ConnectorEventKind.Exec, Thread = exec.process_pid, Pid = exec.process_tgid };
                return exec.process_tgid > 0;
            case Connector.PROC_EVENT_UID or Connector.PROC_EVENT_GID when NativeStruct.TryRead(data, out exec_proc_event changed):
                message = message with { Kind = ConnectorEventKind.Credentials, Thread = changed.process_pid, Pid = changed.process_tgid };
                return changed.process_tgid > 0;
            case Connector.PROC_EVENT_EXIT when data.Length >= MinExit:
                exit_proc_event exit = NativeStruct.ReadPrefix<exit_proc_event>(data);
                message = message with { Kind = ConnectorEventKind.Exit, Thread = exit.process_pid, Pid = exit.process_tgid, Parent = exit.parent_tgid, Status = exit.exit_code };
                return exit.process_tgid > 0;
            case Connector.PROC_EVENT_NONE or Connector.PROC_EVENT_FORK or Connector.PROC_EVENT_EXEC or Connector.PROC_EVENT_UID or Connector.PROC_EVENT_GID or Connector.PROC_EVENT_EXIT:
                return false; // cut
            default:
                return true;
        }
    }

    // Kernels before 4.18 leave the parent out.
    private static int MinExit => NativeStruct.SizeOf<exit_proc_event>() - (2 * sizeof(int));
}
