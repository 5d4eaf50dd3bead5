using Sonde.Interop.Linux.Bpf;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Where the running kernel keeps what is asked of a socket.</summary>
/// <param name="Family">Its address family.</param>
/// <param name="NamespaceCookie">The number of its network namespace; null where the kernel has none (before 5.14).</param>
internal sealed record SocketFields(KernelField Family, KernelField? NamespaceCookie)
{
    /// <summary>Finds them in the kernel's types; null when a socket has no family there.</summary>
    internal static SocketFields? Find(in Btf btf)
    {
        uint socket = btf.Find(BtfKind.Struct, "sock"u8);
        return socket != 0 && btf.TryResolve(socket, "__sk_common.skc_family", out KernelField family)
            ? new SocketFields(family, btf.TryResolve(socket, "__sk_common.skc_net.net.net_cookie", out KernelField cookie) && cookie.Size == sizeof(ulong) ? cookie : null)
            : null;
    }
}
