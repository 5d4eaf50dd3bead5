namespace Sonde.Link;

/// <summary>How the frames of an interface are shared out among the devices of one group (Linux PACKET_FANOUT).</summary>
public enum FanoutMode
{
    /// <summary>By flow: both directions of a connection go to the same device.</summary>
    Hash = 0,

    /// <summary>In turn.</summary>
    RoundRobin,

    /// <summary>By the processor that received the frame.</summary>
    Processor,

    /// <summary>To the first device until it is full, then to the next.</summary>
    Rollover,

    /// <summary>At random.</summary>
    Random,

    /// <summary>By the receive queue of the card.</summary>
    Queue,
}
