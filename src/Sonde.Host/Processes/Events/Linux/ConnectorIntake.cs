using Sonde.Interop.Linux;

namespace Sonde.Host.Processes.Events.Linux;

/// <summary>Takes datagrams of the connector apart, and counts what was received, lost and senseless. One thread takes, any may read the counts.</summary>
internal sealed class ConnectorIntake
{
    private readonly ProcessorSequences _sequences = new();
    private readonly List<ConnectorEvent> _messages = [];
    private long _received;
    private long _lost;
    private long _malformed;
    private long _overflows;

    internal long Received => Interlocked.Read(ref _received);

    internal long Lost => Interlocked.Read(ref _lost);

    internal long Malformed => Interlocked.Read(ref _malformed);

    internal long Overflows => Interlocked.Read(ref _overflows);

    internal void CountOverflow() => Interlocked.Increment(ref _overflows);

    /// <summary>Takes a datagram apart; never throws.</summary>
    /// <param name="datagram">What came; empty when it was not the kernel's, which anybody may try to send.</param>
    /// <param name="missing">How many messages were lost before it; -1 when that is not known.</param>
    /// <returns>Its messages, good until the next datagram.</returns>
    internal List<ConnectorEvent> Take(ReadOnlySpan<byte> datagram, out long missing)
    {
        _messages.Clear();
        missing = 0;
        int count = 0;
        var reader = new NetlinkMessages(datagram);
        while (reader.MoveNext())
        {
            count++;
            if (!ConnectorEvent.TryParse(reader.Payload, out ConnectorEvent message))
            {
                Interlocked.Increment(ref _malformed);
                continue;
            }

            if (message.IsNumbered)
            {
                Interlocked.Increment(ref _received);
                long lost = _sequences.Take(message.Processor, message.Sequence);
                missing = lost < 0 || missing < 0 ? -1 : missing + lost;
                Interlocked.Add(ref _lost, Math.Max(0, lost));
            }

            _messages.Add(message);
        }

        if (count == 0)
        {
            Interlocked.Increment(ref _malformed);
        }

        return _messages;
    }
}
