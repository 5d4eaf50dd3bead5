using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Sonde.Testing;

/// <summary>Payloads of the kernel's two manifest providers as the manifests of Windows 7, Windows 10 (18990) and Windows 11 lay them out.</summary>
public sealed class EtwBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>Microsoft-Windows-Kernel-Process.</summary>
    public static Guid KernelProcess { get; } = new("22fb2cd6-0e7b-422b-a0c7-2fad1fd0e716");

    /// <summary>Microsoft-Windows-Kernel-Network.</summary>
    public static Guid KernelNetwork { get; } = new("7dd42a49-5329-4832-8dfd-43d979153a88");

    /// <summary>Event 1, in one of its forms 0 to 4.</summary>
    public static byte[] ProcessStart(int version, int pid, ulong sequence, long created, int parent, ulong parentSequence, string image, byte subAuthorities = 1)
    {
        var to = new EtwBytes();
        to.Put((uint)pid);
        to.PutIf(version >= 3, sequence);
        to.Put((ulong)created);
        to.Put((uint)parent);
        to.PutIf(version >= 3, parentSequence);
        to.Put(1u); // session
        to.PutIf(version >= 1, 0u); // flags
        if (version >= 3)
        {
            to.Put(2u); // kind of elevation
            to.Put(1u);
            to._bytes.AddRange([1, subAuthorities, 0, 0, 0, 0, 0, 16]);
            to._bytes.AddRange(new byte[4 * subAuthorities]);
        }

        to.PutWide(image);
        if (version >= 2)
        {
            to.Put(0x1234u); // checksum
            to.Put(0x5678u); // stamp
            to.PutWide(string.Empty);
            to.PutWide(string.Empty);
        }

        to.PutIf(version >= 4, 0u); // mitigations
        return [.. to._bytes];
    }

    /// <summary>Event 2, in one of its forms 0 to 2.</summary>
    public static byte[] ProcessStop(int version, int pid, ulong sequence, long created, uint code, string image)
    {
        var to = new EtwBytes();
        to.Put((uint)pid);
        to.PutIf(version >= 2, sequence);
        to.Put((ulong)created);
        to.Put((ulong)created + 10_000_000);
        to.Put(code);
        to.Put(2u); // kind of elevation
        to.Put(77u); // handles
        to.Put(4096ul);
        to.Put(8192ul);
        if (version >= 1)
        {
            to.Put(123_456ul); // cycles
            to._bytes.AddRange(new byte[20]);
        }

        to._bytes.AddRange(Encoding.ASCII.GetBytes(image));
        to._bytes.Add(0);
        return [.. to._bytes];
    }

    /// <summary>Any event of the network provider that has two ends.</summary>
    public static byte[] Network(int pid, uint bytes, string source, int sourcePort, string destination, int destinationPort, int tail = 8)
    {
        var to = new EtwBytes();
        to.Put((uint)pid);
        to.Put(bytes);
        to._bytes.AddRange(IPAddress.Parse(destination).GetAddressBytes());
        to._bytes.AddRange(IPAddress.Parse(source).GetAddressBytes());
        to._bytes.AddRange([(byte)(destinationPort >> 8), (byte)destinationPort, (byte)(sourcePort >> 8), (byte)sourcePort]);
        to._bytes.AddRange(new byte[tail]); // sequence and connection, or times and options before them
        return [.. to._bytes];
    }

    private void Put(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    private void Put(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        _bytes.AddRange(bytes);
    }

    private void PutIf(bool isThere, uint value)
    {
        if (isThere)
        {
            Put(value);
        }
    }

    private void PutIf(bool isThere, ulong value)
    {
        if (isThere)
        {
            Put(value);
        }
    }

    private void PutWide(string text)
    {
        _bytes.AddRange(Encoding.Unicode.GetBytes(text));
        _bytes.AddRange([0, 0]);
    }
}
