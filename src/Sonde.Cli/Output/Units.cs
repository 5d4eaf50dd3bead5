using System.Globalization;

namespace Sonde.Cli.Output;

/// <summary>Numbers for people: powers of 1000, three digits.</summary>
internal static class Units
{
    private static readonly string[] s_prefixes = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary>"1.21 GB".</summary>
    internal static string Bytes(double value) => Scale(value, "B");

    /// <summary>"10 Gbit/s".</summary>
    internal static string BitsPerSecond(double value) => Scale(value, "bit/s");

    /// <summary>"12.5 MB/s".</summary>
    internal static string BytesPerSecond(double value) => Scale(value, "B/s");

    /// <summary>"3.4 k", for counts and rates of packets.</summary>
    internal static string Count(double value) => Scale(value, string.Empty).TrimEnd();

    private static string Scale(double value, string unit)
    {
        int power = 0;

        // 999.5 would be printed as "1000".
        while (Math.Abs(value) >= 999.5 && power < s_prefixes.Length - 1)
        {
            value /= 1000;
            power++;
        }

        string format = power == 0 || Math.Abs(value) >= 99.95 ? "0" : Math.Abs(value) >= 9.995 ? "0.#" : "0.##";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {s_prefixes[power]}{unit}";
    }
}
