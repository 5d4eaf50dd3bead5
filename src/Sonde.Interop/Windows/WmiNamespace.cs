using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A namespace of Windows Management Instrumentation, asked by its query language. Refusals are ordinary here: calls return an HRESULT.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WmiNamespace : IDisposable
{
    /// <summary>How long one row may take.</summary>
    private const int PatienceMilliseconds = 10_000;

    private readonly IWbemServices _services;

    private WmiNamespace(IWbemServices services) => _services = services;

    /// <summary>Connects to a namespace of this host.</summary>
    /// <param name="path">Its name: "root\cimv2".</param>
    /// <param name="opened">The namespace.</param>
    /// <returns>An HRESULT.</returns>
    internal static int Connect(string path, out WmiNamespace? opened)
    {
        opened = null;
        int result = Wbem.CreateLocator(out IWbemLocator? locator);
        if (result < 0 || locator is null)
        {
            return result;
        }

        try
        {
            result = locator.ConnectServer(path, 0, 0, 0, Wbem.WBEM_FLAG_CONNECT_USE_MAX_WAIT, 0, 0, out IWbemServices? services);
            if (result < 0 || services is null)
            {
                return result;
            }

            opened = new WmiNamespace(services);
            return Wbem.AllowImpersonation(services);
        }
        finally
        {
            Release(locator);
        }
    }

    /// <summary>Asks, and hands out the rows.</summary>
    /// <param name="query">The question in WQL.</param>
    /// <param name="properties">What to take of each row.</param>
    /// <param name="maxRows">Where to stop.</param>
    /// <param name="rows">The values in the order of the properties: texts, whole numbers, yes or no; null for what is not set or has another type.</param>
    /// <returns>An HRESULT.</returns>
    internal int Query(string query, IReadOnlyList<string> properties, int maxRows, List<object?[]> rows)
    {
        int result = _services.ExecQuery("WQL", query, Wbem.WBEM_FLAG_FORWARD_ONLY | Wbem.WBEM_FLAG_RETURN_IMMEDIATELY, 0, out IEnumWbemClassObject? found);
        if (result < 0 || found is null)
        {
            return result;
        }

        try
        {
            result = Wbem.AllowImpersonation(found);
            while (result >= 0 && rows.Count < maxRows)
            {
                result = found.Next(PatienceMilliseconds, 1, out IWbemClassObject? row, out uint returned);
                if (row is null)
                {
                    // The end is no failure; a row that does not come in time is.
                    return result == Wbem.WBEM_S_TIMEDOUT ? unchecked((int)0x800705B4) : Math.Min(result, 0); // ERROR_TIMEOUT
                }

                try
                {
                    if (returned > 0)
                    {
                        rows.Add(Read(row, properties));
                    }
                }
                finally
                {
                    Release(row);
                }
            }

            return result;
        }
        finally
        {
            Release(found);
        }
    }

    public void Dispose() => Release(_services);

    private static object?[] Read(IWbemClassObject row, IReadOnlyList<string> properties)
    {
        object?[] values = new object?[properties.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (row.Get(properties[i], 0, out ComVariant value, 0, 0) >= 0)
            {
                values[i] = ValueOf(value);
                value.Dispose();
            }
        }

        return values;
    }

    // WMI gives numbers of 64 bits as texts, and unsigned ones of 32 bits as signed.
    private static object? ValueOf(ComVariant value) => value.VarType switch
    {
        VarEnum.VT_BSTR => value.As<string>(),
        VarEnum.VT_BOOL => value.As<bool>(),
        VarEnum.VT_I4 => (long)unchecked((uint)value.As<int>()),
        VarEnum.VT_UI4 => (long)value.As<uint>(),
        VarEnum.VT_I2 => (long)value.As<short>(),
        VarEnum.VT_UI1 => (long)value.As<byte>(),
        _ => null,
    };

    private static void Release(object wrapper) => (wrapper as ComObject)?.FinalRelease();
}
