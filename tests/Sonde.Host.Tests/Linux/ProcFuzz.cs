namespace Sonde.Host.Tests.Linux;

/// <summary>Torn and damaged copies of a recorded text.</summary>
internal static class ProcFuzz
{
    internal static void EveryPrefix(ReadOnlySpan<byte> text, Action<byte[]> test)
    {
        for (int length = 0; length <= text.Length; length++)
        {
            test(text[..length].ToArray());
        }
    }

    internal static void Mutations(ReadOnlySpan<byte> text, int rounds, Action<byte[]> test)
    {
        var random = new Random(20261121);
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = text.ToArray();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                // Half of the time a byte that means something to the parser.
                bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : " \t\n:|-+xf0\0"u8[random.Next(11)];
            }

            test(bytes);
        }
    }
}
