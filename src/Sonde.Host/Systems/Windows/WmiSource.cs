using System.Runtime.Versioning;
using Sonde.Interop.Windows;

namespace Sonde.Host.Systems.Windows;

/// <summary>Asks the WMI of this host.</summary>
[SupportedOSPlatform("windows")]
internal static class WmiSource
{
    private const int MaxRows = 4096;

    internal static WmiAnswer Ask(string path, string name, params string[] properties)
    {
        var rows = new List<object?[]>();
        int result = WmiNamespace.Connect(path, out WmiNamespace? opened);
        using (opened)
        {
            if (result >= 0 && opened is not null)
            {
                result = opened.Query($"SELECT {string.Join(',', properties)} FROM {name}", properties, MaxRows, rows);
            }
        }

        return new WmiAnswer(result, properties, rows);
    }
}
