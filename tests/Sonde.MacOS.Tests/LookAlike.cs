using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Testing;

namespace Sonde.MacOS.Tests;

/// <summary>The look-alike of libSystem (tests/fixtures/macos/libsystem.c), compiled once and put in its place for Sonde.Interop.</summary>
/// <remarks>A test makes one, which begins a fresh script, and disposes it, which checks that all that was handed out came back.</remarks>
internal sealed class LookAlike : IDisposable
{
    /// <summary>Set in the environment: build the look-alike of a system that lacks the private calls.</summary>
    internal const string WithoutDns = "SONDE_LOOKALIKE_WITHOUT_DNS";

    private static readonly Lazy<nint> s_library = new(Load);

    private readonly Action _reset;
    private readonly string[] _descriptorsBefore;
    private readonly GetSetting _get;
    private readonly ChangeSetting _set;
    private readonly PutBytes _put;
    private readonly TakeBytes _take;

    internal LookAlike()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The look-alike of libSystem is built for Linux.");
        _get = Export<GetSetting>("lookalike_get");
        _set = Export<ChangeSetting>("lookalike_set");
        _put = Export<PutBytes>("lookalike_put");
        _take = Export<TakeBytes>("lookalike_take");
        _reset = Export<Action>("lookalike_reset");
        _reset();
        _descriptorsBefore = Descriptors();
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint GetSetting([MarshalAs(UnmanagedType.LPStr)] string key);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void ChangeSetting([MarshalAs(UnmanagedType.LPStr)] string key, nint value);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int PutBytes([MarshalAs(UnmanagedType.LPStr)] string key, byte[] bytes, nuint length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint TakeBytes([MarshalAs(UnmanagedType.LPStr)] string key, byte[] bytes, nuint length);

    /// <summary>The requests made of capture devices so far, without BIOC, in their order.</summary>
    internal string BpfRequests => Encoding.ASCII.GetString(Take("bpf.requests"));

    /// <summary>The filter that the capture device was given last.</summary>
    internal bpf_insn[] BpfFilter => MemoryMarshal.Cast<byte, bpf_insn>(Take("bpf.program")).ToArray();

    /// <summary>The frames written to capture devices so far.</summary>
    internal IReadOnlyList<byte[]> BpfWritten => Records(Take("bpf.written"));

    /// <summary>What was written to utun interfaces so far, each packet behind its family.</summary>
    internal IReadOnlyList<byte[]> UtunWritten => Records(Take("utun.written"));

    internal long this[string key]
    {
        get => _get(key);
        set => _set(key, (nint)value);
    }

    /// <summary>What sysctl(NET_RT_DUMP) returns from now on.</summary>
    internal void SetRoutes(params byte[][] messages) => Put("routes", [.. messages.SelectMany(message => message)]);

    /// <summary>Adds a process to the table, or changes the one with its id.</summary>
    internal void Put(HostProcess process) => Put("process", process.ToBytes());

    /// <summary>Says what one call gives for a process: "arguments", "identity", "image"….</summary>
    internal void Put(int pid, string what, byte[] bytes) => Put($"process.{what}.{pid}", bytes);

    /// <summary>Takes a process out of the table.</summary>
    internal void Remove(int pid) => Put($"process.ended.{pid}", []);

    /// <summary>Lets the kernel queue tell of a process.</summary>
    /// <returns>Whether it is watched, so that it was told.</returns>
    internal bool Tell(int pid, uint notes, uint status = 0)
    {
        byte[] bytes = [.. BitConverter.GetBytes(pid), .. BitConverter.GetBytes(notes), .. BitConverter.GetBytes(status)];
        return _put("queue", bytes, (nuint)bytes.Length) == 1;
    }

    /// <summary>Lets the routing socket that was opened last receive a datagram.</summary>
    internal void Announce(byte[] datagram) => Put("message", datagram);

    /// <summary>Lets the utun interface that was made last receive this, its family in front.</summary>
    internal void Deliver(byte[] framed) => Put("utun.packet", framed);

    /// <summary>Changes the utun interface that was made last as another process would: "mtu", "flags".</summary>
    internal void ChangeUtun(string what, int value) => Put("utun." + what, BitConverter.GetBytes(value));

    /// <summary>Takes the utun interface that was made last away from under its socket.</summary>
    internal void HangUpUtun() => Put("utun.hangup", []);

    /// <summary>Lets the next read of the capture device that was opened last return this.</summary>
    internal void Capture(byte[] read) => Put("bpf.read", read);

    /// <summary>Lets this wait in the next capture device as soon as it has an interface, before it has a filter.</summary>
    internal void CaptureEarly(byte[] read) => Put("bpf.early", read);

    /// <summary>What sysctlbyname returns for a name from now on.</summary>
    internal void SetList(string name, byte[] answer) => Put("list." + name, answer);

    public void Dispose()
    {
        Assert.Equal(this["getifaddrs"], this["freeifaddrs"]);
        Assert.Equal(this["dns.copied"], this["dns.freed"]);
        Assert.Equal(this["launch.made"], this["launch.freed"]);
        Assert.Equal(0, this["ports"]);
        Assert.Equal(0, this["crash.reports"]);
        _reset();
        // What another thread of the test holds while it ends is closed a moment later.
        string[] left = [];
        SpinWait.SpinUntil(() => (left = [.. Descriptors().Except(_descriptorsBefore)]).Length == 0, TimeSpan.FromSeconds(10));
        Assert.Empty(left);
    }

    // Of the kinds that the calls under test open; the runtime opens files of its own when it likes.
    internal static string[] Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd")
            .Select(fd => new FileInfo(fd).LinkTarget ?? string.Empty)
            .Where(target => target.StartsWith("socket:", StringComparison.Ordinal)
                || target.StartsWith("pipe:", StringComparison.Ordinal)
                || target.StartsWith("anon_inode:[eventfd", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    private static List<byte[]> Records(ReadOnlySpan<byte> rest)
    {
        var records = new List<byte[]>();
        while (!rest.IsEmpty)
        {
            int length = BitConverter.ToInt32(rest);
            records.Add(rest.Slice(4, length).ToArray());
            rest = rest[(4 + length)..];
        }

        return records;
    }

    private byte[] Take(string key)
    {
        byte[] room = new byte[1 << 20];
        nint length = _take(key, room, (nuint)room.Length);
        Assert.True(length >= 0, $"{key} is longer than {room.Length} bytes");
        return room[..(int)length];
    }

    private void Put(string key, byte[] bytes) => Assert.Equal(1, _put(key, bytes, (nuint)bytes.Length));

    private static T Export<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(s_library.Value, name));

    private static nint Load()
    {
        string output = Path.Combine(Path.GetTempPath(), $"sonde-lookalike-{Environment.ProcessId}.so");
        Compile(Repository.PathOf("tests", "fixtures", "macos", "libsystem.c"), output);
        nint library = NativeLibrary.Load(output);
        File.Delete(output); // mapped by now
        NativeLibrary.SetDllImportResolver(
            typeof(NativeError).Assembly,
            (name, _, _) => name == LibSystem.Library ? library : 0);
        return library;
    }

    private static void Compile(string source, string output)
    {
        var start = new ProcessStartInfo("gcc", ["-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", output, source])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Environment.GetEnvironmentVariable(WithoutDns) is not null)
        {
            start.ArgumentList.Add("-DWITHOUT_DNS");
            start.ArgumentList.Add("-DWITHOUT_PRIVATE");
        }

        using Process compiler = Process.Start(start) ?? throw new InvalidOperationException("gcc did not start.");
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, said);
    }
}
