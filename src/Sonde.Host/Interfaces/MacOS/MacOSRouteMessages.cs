using Sonde.Interop;
using Sonde.Interop.MacOS;

namespace Sonde.Host.Interfaces.MacOS;

/// <summary>Walks the messages of a routing table dump or of a routing socket in place.</summary>
/// <remarks>A length that lies ends the walk and sets <see cref="IsTorn"/>; the walk always advances and never throws.</remarks>
internal ref struct MacOSRouteMessages(ReadOnlySpan<byte> bytes)
{
    private const int HeadSize = 4; // length, version and type: what every kind of message begins with
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>RTM_…</summary>
    internal byte Type { get; private set; }

    /// <summary>The whole message, head included.</summary>
    internal ReadOnlySpan<byte> Message { get; private set; }

    /// <summary>Whether the walk ended at bytes that are no message.</summary>
    internal bool IsTorn { get; private set; }

    /// <summary>Messages of another version of the protocol, which were passed over.</summary>
    internal int Foreign { get; private set; }

    internal bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int length = _rest.Length >= HeadSize ? BitConverter.ToUInt16(_rest) : 0;
            if (length < HeadSize || length > _rest.Length)
            {
                IsTorn = true;
                _rest = default;
                return false;
            }

            Message = _rest[..length];
            Type = Message[3];
            _rest = _rest[length..];
            if (Message[2] == Darwin.RTM_VERSION)
            {
                return true;
            }

            Foreign++;
        }

        return false;
    }

    /// <summary>What the messages of a routing socket say has changed; what cannot be read counts as lost.</summary>
    internal static InterfaceChange Classify(ReadOnlySpan<byte> messages)
    {
        InterfaceChange change = InterfaceChange.None;
        var walk = new MacOSRouteMessages(messages);
        while (walk.MoveNext())
        {
            change |= walk.Type switch
            {
                Darwin.RTM_IFINFO or Darwin.RTM_IFINFO2 => InterfaceChange.Links,
                Darwin.RTM_NEWADDR or Darwin.RTM_DELADDR => InterfaceChange.Addresses,
                Darwin.RTM_ADD or Darwin.RTM_DELETE or Darwin.RTM_CHANGE or Darwin.RTM_REDIRECT when IsDefaultRoute(walk.Message) =>
                    InterfaceChange.Routes,
                _ => InterfaceChange.None, // neighbours, multicast groups, lookups
            };
        }

        return walk.IsTorn || walk.Foreign > 0 ? change | InterfaceChange.Lost : change;
    }

    // Every neighbour that is learnt is a route to this host alone: only default routes are part of a snapshot.
    private static bool IsDefaultRoute(ReadOnlySpan<byte> message) =>
        !NativeStruct.TryRead(message, out rt_msghdr header)
        || MacOSRouteTable.IsDefault(header, new MacOSRouteAddresses(message[NativeStruct.SizeOf<rt_msghdr>()..], header.rtm_addrs));
}
