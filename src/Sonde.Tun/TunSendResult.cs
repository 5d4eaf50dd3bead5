namespace Sonde.Tun;

/// <summary>What became of the packets of one send: each was either accepted or dropped.</summary>
/// <param name="Accepted">Packets that the device took.</param>
/// <param name="Dropped">Packets that it did not take; they are in the queue's counters too.</param>
/// <param name="Status"><see cref="TunStatus.Ok"/> when none was dropped, else why the first one was.</param>
public readonly record struct TunSendResult(int Accepted, int Dropped, TunStatus Status);
