using Sonde.Interop.Linux.Bpf;

namespace Sonde.Traffic.Sources.Linux;

/// <summary>Where the running kernel keeps what is asked of a socket.</summary>
/// <param name="Family">Its address family.</param>
/// <param name="Cookie">Its number, or 0 as long as nobody asked for one; null where the kernel keeps it elsewhere.</param>
/// <param name="NamespaceCookie">The number of its network namespace; null where the kernel has none (before 5.14).</param>
internal sealed record SocketFields(KernelField Family, KernelField? Cookie, KernelField? NamespaceCookie)
{
    /// <summary>Finds them in the kernel's types; null when a socket has no family there.</summary>
    internal static SocketFields? Find(in Btf btf)
    {
        uint socket = btf.Find(BtfKind.Struct, "sock"u8);
        return socket != 0 && btf.TryResolve(socket, "__sk_common.skc_family", out KernelField family)
            ? new SocketFields(family, Number(in btf, socket, "__sk_common.skc_cookie.counter"), Number(in btf, socket, "__sk_common.skc_net.net.net_cookie"))
            : null;
    }

    private static KernelField? Number(in Btf btf, uint socket, string path) =>
        btf.TryResolve(socket, path, out KernelField field) && field.Size == sizeof(ulong) ? field : null;
}
