using System.Buffers.Binary;
using System.Text;
using Sonde.Interop;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>The look-alike of sechost.dll's tracing (tests/fixtures/windows/fakeetw.c). It replaces the real one for the whole process.</summary>
internal sealed class EtwLookalike
{
    private const int Head = 28;

    private static readonly Lazy<LookalikeDll> s_dll = new(static () =>
        LookalikeDll.Replace(typeof(NativeError).Assembly, "sechost.dll", Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")!)); // Play checks it

    private readonly LookalikeDll _dll = s_dll.Value;

    private EtwLookalike() => _dll.Call("fake_reset");

    /// <summary>What the DLL answers to a question without an argument.</summary>
    internal int this[string question] => _dll.Call($"fake_{question}");

    internal static EtwLookalike Play()
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")),
            "SONDE_LOOKALIKE is not set: the lane compiles the DLL and runs these tests in a process of their own");
        return new EtwLookalike();
    }

    internal int Set(string what, int value) => _dll.Call($"fake_{what}", value);

    /// <summary>A trace that somebody left.</summary>
    internal void Leave(string name) => Assert.Equal(1, _dll.CallWith("fake_leave", Encoding.Unicode.GetBytes(name + '\0')));

    /// <summary>An event comes.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="id">Which.</param>
    /// <param name="version">Which form.</param>
    /// <param name="payload">Its payload; Windows puts it where nothing behind it can be read.</param>
    /// <param name="time">When, by QueryPerformanceCounter; 0 for now.</param>
    /// <param name="withoutPayload">Whether it claims 65,535 bytes that are not there.</param>
    internal void Tell(Guid provider, int id, int version, ReadOnlySpan<byte> payload, long time = 0, bool withoutPayload = false)
    {
        byte[] record = new byte[Head + payload.Length];
        provider.TryWriteBytes(record);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(16), (ushort)id);
        record[18] = (byte)version;
        record[19] = withoutPayload ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(20), time);
        payload.CopyTo(record.AsSpan(Head));
        Assert.Equal(1, _dll.CallWith("fake_record", record));
    }
}
