using System.Runtime.ExceptionServices;
using System.Runtime.Versioning;
using Sonde.Interop.Unix;

namespace Sonde.Interop.Linux;

/// <summary>Opens something in another network namespace, on a thread that goes there and never comes back.</summary>
[SupportedOSPlatform("linux")]
internal static class NetworkNamespaceThread
{
    /// <summary>Runs <paramref name="open"/> in the namespace that a file names; what it opens stays there, whoever uses it.</summary>
    /// <param name="path">"/proc/1234/ns/net".</param>
    /// <param name="open">What to open.</param>
    /// <exception cref="NativeException">The system refused the namespace, or <paramref name="open"/> was refused.</exception>
    internal static T Run<T>(string path, Func<T> open)
    {
        using FileDescriptor target = LibC.open(path, LibC.O_RDONLY | LibC.O_CLOEXEC);
        if (target.IsInvalid)
        {
            throw new NativeException("open", NativeError.LastErrno());
        }

        T? result = default;
        ExceptionDispatchInfo? failure = null;

        // A thread of its own and not one of the pool, which would go on working in the foreign namespace.
        var thread = new Thread(() =>
        {
            try
            {
                result = LibC.setns(target, LibC.CLONE_NEWNET) == 0 ? open() : throw new NativeException("setns(CLONE_NEWNET)", NativeError.LastErrno());
            }
            catch (NativeException refused)
            {
                failure = ExceptionDispatchInfo.Capture(refused);
            }
        })
        {
            IsBackground = true,
            Name = "sonde: network namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!; // set when nothing failed
    }
}
