using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

// combaseapi.h and wbemcli.h: COM, and Windows Management Instrumentation behind it.
[SupportedOSPlatform("windows")]
internal static partial class Wbem
{
    internal const int WBEM_S_FALSE = 1;
    internal const int WBEM_S_TIMEDOUT = 0x40004;
    internal const int E_NOINTERFACE = unchecked((int)0x80004002);

    internal const int WBEM_FLAG_RETURN_IMMEDIATELY = 0x10;
    internal const int WBEM_FLAG_FORWARD_ONLY = 0x20;
    internal const int WBEM_FLAG_CONNECT_USE_MAX_WAIT = 0x80;

    private const string Library = "ole32.dll";
    private const uint CLSCTX_INPROC_SERVER = 1;
    private const uint RPC_C_AUTHN_DEFAULT = 0xFFFFFFFF;
    private const uint RPC_C_AUTHZ_DEFAULT = 0xFFFFFFFF;
    private const uint RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6;
    private const uint RPC_C_IMP_LEVEL_IMPERSONATE = 3;

    private static readonly Guid s_locator = new("4590f811-1d3a-11d0-891f-00aa004b2e24"); // CLSID_WbemLocator
    private static readonly Guid s_iLocator = new("dc12a687-737f-11cf-884d-00aa004b2e24");

    /// <summary>Makes the object by which WMI is entered. COM stays ready in this process from then on.</summary>
    /// <returns>An HRESULT.</returns>
    internal static int CreateLocator(out IWbemLocator? locator)
    {
        locator = null;
        int result = CoIncrementMTAUsage(out _);
        return result < 0 ? result : CoCreateInstance(s_locator, 0, CLSCTX_INPROC_SERVER, s_iLocator, out locator);
    }

    /// <summary>Lets WMI act in the name of the caller, without which it refuses; an object in this process needs no such leave.</summary>
    /// <returns>An HRESULT.</returns>
    internal static int AllowImpersonation(IWbemServices services) => Plain(CoSetProxyBlanket(
        services, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, -1, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, 0, 0));

    /// <summary>The same for an enumeration.</summary>
    internal static int AllowImpersonation(IEnumWbemClassObject rows) => Plain(CoSetProxyBlanket(
        rows, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, -1, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, 0, 0));

    private static int Plain(int result) => result == E_NOINTERFACE ? 0 : result;

    [LibraryImport(Library)]
    private static partial int CoIncrementMTAUsage(out nint cookie);

    [LibraryImport(Library)]
    private static partial int CoCreateInstance(
        in Guid what, nint outer, uint where, in Guid face, [MarshalUsing(typeof(UniqueComInterfaceMarshaller<IWbemLocator>))] out IWbemLocator? locator);

    // The principal -1 is COLE_DEFAULT_PRINCIPAL.
    [LibraryImport(Library)]
    private static partial int CoSetProxyBlanket(IWbemServices proxy, uint authentication, uint authorization, nint principal, uint level, uint impersonation, nint identity, uint capabilities);

    [LibraryImport(Library)]
    private static partial int CoSetProxyBlanket(IEnumWbemClassObject proxy, uint authentication, uint authorization, nint principal, uint level, uint impersonation, nint identity, uint capabilities);
}

/// <summary>interface IWbemLocator (wbemcli.h).</summary>
[GeneratedComInterface]
[Guid("dc12a687-737f-11cf-884d-00aa004b2e24")]
internal partial interface IWbemLocator
{
    [PreserveSig]
    public int ConnectServer(
        [MarshalUsing(typeof(BStrStringMarshaller))] string path,
        nint user,
        nint password,
        nint locale,
        int flags,
        nint authority,
        nint context,
        [MarshalUsing(typeof(UniqueComInterfaceMarshaller<IWbemServices>))] out IWbemServices? services);
}

/// <summary>interface IWbemServices (wbemcli.h): only queries are made; what stands before them keeps its place.</summary>
[GeneratedComInterface]
[Guid("9556dc99-828c-11cf-a37e-00aa003240c7")]
internal partial interface IWbemServices
{
    public void OpenNamespace();

    public void CancelAsyncCall();

    public void QueryObjectSink();

    public void GetObject();

    public void GetObjectAsync();

    public void PutClass();

    public void PutClassAsync();

    public void DeleteClass();

    public void DeleteClassAsync();

    public void CreateClassEnum();

    public void CreateClassEnumAsync();

    public void PutInstance();

    public void PutInstanceAsync();

    public void DeleteInstance();

    public void DeleteInstanceAsync();

    public void CreateInstanceEnum();

    public void CreateInstanceEnumAsync();

    [PreserveSig]
    public int ExecQuery(
        [MarshalUsing(typeof(BStrStringMarshaller))] string language,
        [MarshalUsing(typeof(BStrStringMarshaller))] string query,
        int flags,
        nint context,
        [MarshalUsing(typeof(UniqueComInterfaceMarshaller<IEnumWbemClassObject>))] out IEnumWbemClassObject? rows);
}

/// <summary>interface IEnumWbemClassObject (wbemcli.h).</summary>
[GeneratedComInterface]
[Guid("027947e1-d731-11ce-a357-000000000001")]
internal partial interface IEnumWbemClassObject
{
    public void Reset();

    [PreserveSig]
    public int Next(int milliseconds, uint count, [MarshalUsing(typeof(UniqueComInterfaceMarshaller<IWbemClassObject>))] out IWbemClassObject? row, out uint returned);
}

/// <summary>interface IWbemClassObject (wbemcli.h).</summary>
[GeneratedComInterface]
[Guid("dc12a681-737f-11cf-884d-00aa004b2e24")]
internal partial interface IWbemClassObject
{
    public void GetQualifierSet();

    [PreserveSig]
    public int Get([MarshalUsing(typeof(Utf16StringMarshaller))] string name, int flags, out ComVariant value, nint type, nint flavor);
}
