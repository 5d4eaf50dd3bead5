using Sonde.Tun;

namespace SecureTunnel;

/// <summary>Reads what the user gives.</summary>
public static class TunnelArguments
{
    /// <summary>Addresses with prefix lengths, separated by commas; null for anything else.</summary>
    public static TunAddress[]? ParseAddresses(string text)
    {
        string[] parts = text.Split(',');
        var addresses = new TunAddress[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!TunAddress.TryParse(parts[i], null, out addresses[i]))
            {
                return null;
            }
        }

        return addresses;
    }

    /// <summary>32 bytes in hexadecimal; null for anything else.</summary>
    public static byte[]? ParseKey(string? text) =>
        text is { Length: 64 } && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;
}
