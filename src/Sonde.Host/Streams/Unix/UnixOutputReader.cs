using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.Unix;

namespace Sonde.Host.Streams.Unix;

/// <summary>poll(2) tells of an output without a reader.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixOutputReader : OutputReader
{
    private static readonly TimeSpan s_most = TimeSpan.FromDays(1);

    public override bool CanTell => true;

    public override bool AwaitGone(TimeSpan patience)
    {
        try
        {
            return Poller.WaitForLostReader(patience < s_most ? patience : s_most);
        }
        catch (NativeException refused)
        {
            throw HostException.From(refused);
        }
    }
}
