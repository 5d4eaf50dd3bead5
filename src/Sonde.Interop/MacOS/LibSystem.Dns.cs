using System.Runtime.InteropServices;

namespace Sonde.Interop.MacOS;

// dnsinfo.h of configd: exported by libSystem since 10.3, declared in no SDK. Bound at the first call, so that a system without it
// throws EntryPointNotFoundException there and nowhere else.
internal static unsafe partial class LibSystem
{
    [LibraryImport(Library)]
    internal static partial dns_config_t* dns_configuration_copy();

    [LibraryImport(Library)]
    internal static partial void dns_configuration_free(dns_config_t* configuration);
}

/// <summary>dns_config_t (dnsinfo.h), under #pragma pack(4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct dns_config_t
{
    internal int n_resolver;
    internal dns_resolver_t** resolver;
    internal int n_scoped_resolver;
    internal dns_resolver_t** scoped_resolver;
    internal ulong generation;
    internal int n_service_specific_resolver;
    internal dns_resolver_t** service_specific_resolver;
    internal uint version;
}

/// <summary>dns_resolver_t (dnsinfo.h), under #pragma pack(4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct dns_resolver_t
{
    internal byte* domain;
    internal int n_nameserver;
    internal sockaddr** nameserver;
    internal ushort port;
    private ushort _padding;
    internal int n_search;
    internal byte** search;
    internal int n_sortaddr;
    internal void** sortaddr;
    internal byte* options;
    internal uint timeout;
    internal uint search_order;
    internal uint if_index;
    internal uint flags;
    internal uint reach_flags;
    internal uint service_identifier;
    internal byte* cid;
    internal byte* if_name;
}
