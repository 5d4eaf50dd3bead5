using System.Net;
using Sonde.Interop.Linux;

namespace Sonde.Host.Interfaces.Linux;

/// <summary>One address as RTM_NEWADDR describes it.</summary>
internal static class AddressMessage
{
    /// <summary>Reads the payload of RTM_NEWADDR.</summary>
    /// <returns><see langword="false"/> for bytes that describe no IPv4 or IPv6 address; never throws.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> payload, out int interfaceIndex, out InterfaceAddress? address)
    {
        interfaceIndex = 0;
        address = null;
        if (!NativeBytes.TryTake(ref payload, out ifaddrmsg head) || head.ifa_family is not (Netlink.AF_INET or Netlink.AF_INET6))
        {
            return false;
        }

        interfaceIndex = (int)head.ifa_index;
        IPAddress? local = null;
        IPAddress? prefix = null;
        uint flags = head.ifa_flags;
        Reading<IPAddress> broadcast = Reading.None<IPAddress>();
        Reading<string> label = Reading.None<string>();
        Reading<TimeSpan> valid = Timeout.InfiniteTimeSpan;
        Reading<TimeSpan> preferred = Timeout.InfiniteTimeSpan;

        var attributes = new NetlinkAttributes(payload);
        while (attributes.MoveNext())
        {
            ReadOnlySpan<byte> value = attributes.Value;
            switch (attributes.Type)
            {
                case RtNetlink.IFA_LOCAL:
                    local = NativeBytes.ToAddress(value, interfaceIndex);
                    break;
                case RtNetlink.IFA_ADDRESS:
                    prefix = NativeBytes.ToAddress(value, interfaceIndex);
                    break;
                case RtNetlink.IFA_BROADCAST when NativeBytes.ToAddress(value, interfaceIndex) is { } found:
                    broadcast = found;
                    break;
                case RtNetlink.IFA_LABEL:
                    label = NativeBytes.ToText(value);
                    break;
                case RtNetlink.IFA_FLAGS when value.Length >= 4:
                    flags = BitConverter.ToUInt32(value); // the header's own field has room for eight of them only
                    break;
                case RtNetlink.IFA_CACHEINFO when NativeBytes.TryTake(ref value, out ifa_cacheinfo cache):
                    valid = ToLifetime(cache.ifa_valid);
                    preferred = ToLifetime(cache.ifa_prefered);
                    break;
            }
        }

        if ((local ?? prefix) is not { } own)
        {
            return false;
        }

        (AddressScope scope, int scopeId) = ToScope(head.ifa_scope);
        address = new InterfaceAddress
        {
            Address = own,
            PrefixLength = head.ifa_prefixlen,
            Scope = scope,
            ScopeId = scopeId,

            // IFA_ADDRESS is the address itself on a broadcast link and the other end's on a point-to-point one.
            Peer = local is not null && prefix is not null && !local.Equals(prefix) ? prefix : Reading.None<IPAddress>(),
            Broadcast = broadcast,
            Label = label,
            State = ToState(flags, head.ifa_family),
            ValidLifetime = valid,
            PreferredLifetime = preferred,
        };
        return true;
    }

    internal static AddressState ToState(uint flags, byte family)
    {
        AddressState state = AddressState.None;
        Add(RtNetlink.IFA_F_SECONDARY, family == Netlink.AF_INET6 ? AddressState.Temporary : AddressState.Secondary);
        Add(RtNetlink.IFA_F_NODAD, AddressState.NoDuplicateDetection);
        Add(RtNetlink.IFA_F_OPTIMISTIC, AddressState.Optimistic);
        Add(RtNetlink.IFA_F_DADFAILED, AddressState.Duplicate);
        Add(RtNetlink.IFA_F_HOMEADDRESS, AddressState.Home);
        Add(RtNetlink.IFA_F_DEPRECATED, AddressState.Deprecated);
        Add(RtNetlink.IFA_F_TENTATIVE, AddressState.Tentative);
        Add(RtNetlink.IFA_F_MANAGETEMPADDR, AddressState.ManagesTemporary);
        Add(RtNetlink.IFA_F_NOPREFIXROUTE, AddressState.NoPrefixRoute);
        Add(RtNetlink.IFA_F_MCAUTOJOIN, AddressState.AutoJoin);
        return (flags & RtNetlink.IFA_F_PERMANENT) == 0 ? state | AddressState.Dynamic : state;

        void Add(uint bit, AddressState meaning)
        {
            if ((flags & bit) != 0)
            {
                state |= meaning;
            }
        }
    }

    internal static (AddressScope Scope, int Id) ToScope(byte scope) => scope switch
    {
        RtNetlink.RT_SCOPE_UNIVERSE => (AddressScope.Global, scope),
        RtNetlink.RT_SCOPE_SITE => (AddressScope.Site, scope),
        RtNetlink.RT_SCOPE_LINK => (AddressScope.Link, scope),
        RtNetlink.RT_SCOPE_HOST => (AddressScope.Host, scope),
        RtNetlink.RT_SCOPE_NOWHERE => (AddressScope.Nowhere, scope),
        _ => (AddressScope.Custom, scope),
    };

    private static TimeSpan ToLifetime(uint seconds) =>
        seconds == RtNetlink.INFINITY_LIFE_TIME ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
}
