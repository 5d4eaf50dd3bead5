using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Testing;

/// <summary>A network namespace of a test's own, with its own /sys, in which code and child processes run.</summary>
/// <remarks>
/// It has no name and no file: it belongs to one thread, and the kernel removes it with everything in it when that thread and the
/// children started from it are gone, however the test ends. So nothing is ever left behind, not even by kill -9.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;
    private const int CloneNewNs = 0x00020000;
    private const nuint MsRec = 0x4000;
    private const nuint MsPrivate = 1 << 18;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Makes a namespace whose loopback is up.</summary>
    public NetworkNamespace()
    {
        _thread = new Thread(() =>
        {
            foreach (Action action in _work.GetConsumingEnumerable())
            {
                action();
            }
        })
        {
            IsBackground = true,
            Name = "network namespace",
        };
        _thread.Start();
        Run(Enter);
        Shell("ip link set lo up");
    }

    /// <summary>Whether this process may make namespaces; the reason when not.</summary>
    public static string? WhyNot() => geteuid() == 0 ? null : "needs root to make network namespaces";

    /// <summary>Runs code on the namespace's thread and waits for it.</summary>
    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Runs code on the namespace's thread and gives its result.</summary>
    public T Run<T>(Func<T> function)
    {
        T result = default!; // set before done is signalled, or failure is
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception error)
            {
                // Whatever it is belongs to the caller, on the caller's thread.
                failure = ExceptionDispatchInfo.Capture(error);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs a line of shell in the namespace; it must succeed.</summary>
    public string Shell(string line) => Run(() => ChildProcess.MustShell(line));

    /// <summary>Runs the command sonde in the namespace.</summary>
    public ProgramResult Sonde(params IReadOnlyList<string> arguments) => Run(() => ChildProcess.Run(ChildProcess.Sonde, arguments));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    // The mount namespace is for /sys alone: it shows the network namespace of whoever mounted it.
    private static void Enter()
    {
        Check(unshare(CloneNewNet | CloneNewNs), "unshare");
        Check(mount("none", "/", null, MsRec | MsPrivate, 0), "mount(private)");
        Check(mount("sysfs", "/sys", "sysfs", 0, 0), "mount(sysfs)");
    }

    private static void Check(int result, string operation)
    {
        if (result != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), operation);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
