using System.Diagnostics;
using Sonde.Host.Processes.Events;

namespace Sonde.System.Tests.Events;

/// <summary>A source of events for a test, with all that it told.</summary>
internal sealed class EventWatch : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    internal EventWatch(ProcessEventOptions? options = null) => Source = ProcessEventSource.Open(options);

    internal ProcessEventSource Source { get; }

    /// <summary>All that was told, in order.</summary>
    internal List<ProcessEvent> Told { get; } = [];

    /// <summary>Reads until an event fits, however long a busy machine takes.</summary>
    internal ProcessEvent Until(Func<ProcessEvent, bool> fits)
    {
        long started = Stopwatch.GetTimestamp();
        if (Told.Find(one => fits(one)) is { } earlier)
        {
            return earlier;
        }

        while (Source.TryRead(s_patience - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, out ProcessEvent? next))
        {
            Told.Add(next);
            if (fits(next))
            {
                return next;
            }
        }

        throw new TimeoutException($"No such event came; {Told.Count} others did, the last: {Told.LastOrDefault()}");
    }

    public void Dispose() => Source.Dispose();
}
