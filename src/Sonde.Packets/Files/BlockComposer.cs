using System.Text;

namespace Sonde.Packets.Files;

/// <summary>Composes the body of a pcapng block that is written rarely (all but packets), and may grow as it is.</summary>
internal sealed class BlockComposer(bool isBigEndian)
{
    private const int MaximumOptionLength = ushort.MaxValue;

    private byte[] _bytes = new byte[1024];
    private int _used;

    internal ReadOnlySpan<byte> Body => _bytes.AsSpan(0, _used);

    internal void Clear() => _used = 0;

    internal void AddUInt16(ushort value) => FileBytes.WriteUInt16(Room(sizeof(ushort)), value, isBigEndian);

    internal void AddUInt32(uint value) => FileBytes.WriteUInt32(Room(sizeof(uint)), value, isBigEndian);

    internal void AddUInt64(ulong value) => FileBytes.WriteUInt64(Room(sizeof(ulong)), value, isBigEndian);

    internal void AddTicks(ulong ticks) => FileBytes.WriteTicks(Room(sizeof(ulong)), ticks, isBigEndian);

    internal void AddBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Room(FileBytes.Padded(bytes.Length) - bytes.Length).Clear();
    }

    internal void AddOption(ushort code, ReadOnlySpan<byte> value)
    {
        AddUInt16(code);
        AddUInt16((ushort)value.Length);
        AddBytes(value);
    }

    internal void AddOption(ushort code, ulong? value)
    {
        if (value is ulong told)
        {
            AddUInt16(code);
            AddUInt16(sizeof(ulong));
            AddUInt64(told);
        }
    }

    internal void AddTicksOption(ushort code, ulong? ticks)
    {
        if (ticks is ulong told)
        {
            AddUInt16(code);
            AddUInt16(sizeof(ulong));
            AddTicks(told);
        }
    }

    internal void AddOption(ushort code, string? text, bool asFilter = false)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(asFilter ? "\0" + text : text); // the zero: "this filter is text"
        AddOption(code, CutText(bytes));
    }

    internal void EndOptions() => AddUInt32(0);

    /// <summary>At most what an option holds, and no half character at the end.</summary>
    internal static ReadOnlySpan<byte> CutText(ReadOnlySpan<byte> text)
    {
        if (text.Length <= MaximumOptionLength)
        {
            return text;
        }

        int end = MaximumOptionLength;
        while (end > MaximumOptionLength - 4 && (text[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return text[..end];
    }

    private Span<byte> Room(int size)
    {
        if (size > _bytes.Length - _used)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + size));
        }

        _used += size;
        return _bytes.AsSpan(_used - size, size);
    }
}
