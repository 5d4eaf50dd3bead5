using System.Buffers.Binary;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Link;
using Sonde.Link.Windows;
using Sonde.Packets;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>The look-alike wpcap.dll (tests/fixtures/windows/wpcap.c) and a way to open adapters of this host through it.</summary>
internal sealed class NpcapLookalike
{
    private static readonly Lazy<LookalikeDll> s_sockets = new(static () =>
        LookalikeDll.Replace(typeof(NativeError).Assembly, "ws2_32.dll", FolderOf("fakews2.dll")));

    private readonly LookalikeDll _dll;

    private NpcapLookalike(string folder)
    {
        _ = Sockets; // in place before the first call into Winsock, whichever test makes it
        Folder = folder;
        _dll = LookalikeDll.Load(Path.Combine(folder, "wpcap.dll"));
        _dll.Call("fake_reset");
        Setup = new NpcapSetup
        {
            Folder = folder,
            OldFolder = Path.Combine(folder, "none"),
            QueryService = static _ => AdvApi32.SERVICE_RUNNING,
            SettingsKey = @"SOFTWARE\Sonde.Tests\none",
            LoopbackDevice = null,
        };
    }

    /// <summary>The look-alike ws2_32.dll, which replaces the real one for the whole process.</summary>
    internal static LookalikeDll Sockets => s_sockets.Value;

    internal string Folder { get; }

    internal NpcapSetup Setup { get; }

    internal int this[string answer] => _dll.Call($"fake_{answer}");

    /// <summary>What was done wrong first, empty for nothing.</summary>
    internal string Misuse => this["misuses"] == 0 ? string.Empty : ReadText("misuse_char");

    /// <summary>The name that pcap_create was given.</summary>
    internal string DeviceName => ReadText("device_char");

    internal static string FolderOf(string name)
    {
        string? native = Environment.GetEnvironmentVariable("SONDE_NATIVE");
        Assert.SkipWhen(string.IsNullOrEmpty(native), "SONDE_NATIVE is not set: the lane compiles the DLLs and runs these tests in a process of their own");
        return $@"{native}\{name}".Replace('/', '\\');
    }

    internal static NpcapLookalike Load(string name = "npcap") => new(FolderOf(name));

    /// <summary>An Ethernet card of this host.</summary>
    internal static WindowsAdapter Card()
    {
        WindowsAdapter? card = WindowsAdapters.ReadAll().FirstOrDefault(static adapter =>
            !adapter.IsLoopback && adapter.HardwareAddress != default && adapter.IPv4Mask is not null);
        Assert.SkipWhen(card is null, "this host has no Ethernet interface with an IPv4 address");
        return card;
    }

    internal FrameDevice Open(FrameDeviceOptions? options = null) =>
        new WindowsFrameLadder(Setup).Open(Card().FriendlyName, options ?? new FrameDeviceOptions());

    internal int Set(string setting, int value) => _dll.Call($"fake_{setting}", value);

    /// <summary>A frame comes to the driver.</summary>
    /// <returns>Whether it passed the filter and found room.</returns>
    internal bool Arrive(ReadOnlySpan<byte> frame, int wireLength = 0)
    {
        Draft(frame);
        return _dll.Call("fake_arrive", wireLength) == 1;
    }

    /// <summary>Many frames of 60 bytes, numbered in their bytes 14 to 17.</summary>
    internal int Burst(int count)
    {
        Draft(Ethernet(PeerAddress, Card().HardwareAddress, 0x88B5, new byte[46]));
        return _dll.Call("fake_burst", count);
    }

    internal void Draft(ReadOnlySpan<byte> frame)
    {
        _dll.Call("fake_draft");
        foreach (byte value in frame)
        {
            _dll.Call("fake_byte", value);
        }
    }

    internal byte[] Sent(int index) => [.. Enumerable.Range(0, _dll.Call("fake_sent_length", index)).Select(at => (byte)_dll.Call("fake_sent_byte", (index << 16) | at))];

    internal static MacAddress PeerAddress => MacAddress.Parse("02:aa:bb:cc:dd:ee");

    internal static byte[] Ethernet(MacAddress source, MacAddress destination, ushort type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[14 + payload.Length];
        destination.TryWriteBytes(frame);
        source.TryWriteBytes(frame.AsSpan(6));
        frame[12] = (byte)(type >> 8);
        frame[13] = (byte)type;
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    private string ReadText(string export)
    {
        var text = new System.Text.StringBuilder();
        for (int at = 0; _dll.Call($"fake_{export}", at) is var value and not 0; at++)
        {
            text.Append((char)value);
        }

        return text.ToString();
    }

    /// <summary>The number that a frame of a burst carries.</summary>
    internal static int Number(in Frame frame) => BinaryPrimitives.ReadInt32LittleEndian(frame.Data[14..]);
}
