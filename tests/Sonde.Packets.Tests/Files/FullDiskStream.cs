namespace Sonde.Packets.Tests.Files;

/// <summary>A disk that takes a part of the write that no longer fits, and then refuses.</summary>
internal sealed class FullDiskStream(int capacity) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        int room = (int)Math.Min(count, capacity - Length);
        base.Write(buffer, offset, room);
        if (room < count)
        {
            throw new IOException("No space left on device");
        }
    }
}
