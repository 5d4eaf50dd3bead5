using System.Buffers.Binary;
using System.Text;
using Sonde.Interop;
using Sonde.Testing;
using Sonde.Tun;

namespace Sonde.Windows.Tests;

/// <summary>What the driver of the look-alike Wintun does with packets that were sent, in the order of fakewintun.c.</summary>
internal enum Driver
{
    Holds,
    Echoes,
    Sinks,
    Sleeps,
}

/// <summary>The calls of the look-alike iphlpapi.dll that can be told to fail, in the order of faketunip.c.</summary>
internal enum HelperCall
{
    None,
    CreateAddress,
    SetInterface,
    CreateRoute,
    SetNames,
    DeleteAddress,
    DeleteRoute,
    GetInterface,
    Tables,
}

/// <summary>The look-alike wintun.dll (tests/fixtures/windows/fakewintun.c), and the look-alike iphlpapi.dll that knows its adapters (faketunip.c).</summary>
internal sealed class TunLookalike
{
    private static readonly Dictionary<string, LookalikeDll> s_helpers = new(StringComparer.Ordinal);

    private readonly LookalikeDll _wintun;

    /// <summary>Loads both, with nothing in them.</summary>
    /// <param name="helper">Which of the IP Helper functions; the first choice holds for the process.</param>
    internal TunLookalike(string helper = "faketunip.dll")
    {
        Helper = GetHelper(helper); // before Wintun, which looks for it
        LibraryPath = NpcapLookalike.FolderOf("fakewintun.dll");
        _wintun = LookalikeDll.Load(LibraryPath);
        Assert.Equal(0, _wintun.Call("fake_reset"));
        Helper.Call("fakeip_reset");
    }

    internal LookalikeDll Helper { get; }

    internal string LibraryPath { get; }

    internal int this[string answer] => _wintun.Call($"fake_{answer}");

    /// <summary>What the IP Helper functions have been told, one line for each thing.</summary>
    internal string State => ReadText(Helper, "fakeip_text");

    /// <summary>The GUID of the adapter that was made last.</summary>
    internal Guid LastId
    {
        get
        {
            byte[] id = new byte[16];
            _wintun.CallWith("fake_id", id);
            return new Guid(id);
        }
    }

    /// <summary>Fails when a test left something behind, or did something that Wintun does not take.</summary>
    internal void AssertClean()
    {
        Assert.Equal(string.Empty, ReadText(_wintun, "fake_misuse"));
        Assert.Equal((0, 0, 0), (this["misuses"], this["sessions"], this["adapters"]));
        Assert.Equal(0, Helper.Call("fakeip_outstanding"));
        Assert.Equal(string.Empty, State);
    }

    internal TunOptions Options(string? name = "sonde7") => new()
    {
        Name = name,
        Windows = new TunWindowsOptions { LibraryPath = LibraryPath, RingCapacity = TunWindowsOptions.MinRingCapacity },
    };

    /// <summary>Opens a device with rings of the least size, in which a test sees soon what room there is.</summary>
    internal TunDevice Open(TunFullPolicy policy = default, int capacity = TunWindowsOptions.MinRingCapacity, bool nudges = false)
    {
        TunOptions options = Options();
        return TunDevice.Open(options with { FullPolicy = policy, Windows = options.Windows with { RingCapacity = capacity, NudgesWhenIdle = nudges } });
    }

    internal void Set(string setting, int value) => _wintun.Call($"fake_{setting}", value);

    internal void Set(Driver driver) => _wintun.Call("fake_driver", (int)driver);

    /// <summary>A packet comes to the adapter.</summary>
    internal bool Arrive(ReadOnlySpan<byte> packet) => _wintun.CallWith("fake_arrive", packet.ToArray()) == 1;

    /// <summary>Numbered packets come to the adapter, as many as find room.</summary>
    internal int Burst(int count, int length = 100)
    {
        Set("length", length);
        return _wintun.Call("fake_burst", count);
    }

    /// <summary>The next packet that the driver takes out of the ring, empty for none.</summary>
    internal byte[] Take()
    {
        byte[] packet = new byte[TunBatch.MaxPacketSize];
        return packet[.._wintun.CallWith("fake_take", packet)];
    }

    /// <summary>Lets a call of the IP Helper functions fail once.</summary>
    internal void Fail(HelperCall call, int error, int after = 0) => Helper.Call("fakeip_fail", ((int)call << 24) | (error << 8) | after);

    /// <summary>A packet of that length with as much of a header as Wintun looks at.</summary>
    internal static byte[] IPv4(int length)
    {
        byte[] packet = new byte[length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)length);
        return packet;
    }

    private static LookalikeDll GetHelper(string name)
    {
        if (!s_helpers.TryGetValue(name, out LookalikeDll? helper))
        {
            helper = LookalikeDll.Replace(typeof(NativeError).Assembly, "iphlpapi.dll", NpcapLookalike.FolderOf(name));
            s_helpers.Add(name, helper);
        }

        return helper;
    }

    private static string ReadText(LookalikeDll dll, string export)
    {
        byte[] text = new byte[8192];
        return Encoding.UTF8.GetString(text, 0, dll.CallWith(export, text));
    }
}
