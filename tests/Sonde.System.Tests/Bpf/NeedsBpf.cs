using Sonde.Interop;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.System.Tests.Bpf;

/// <summary>Skips a test, with the system's reason, where programs cannot be loaded.</summary>
internal static class NeedsBpf
{
    internal static void Check()
    {
        string why = string.Empty;
        try
        {
            using BpfMap map = BpfMap.Create(BpfMapType.Array, "sonde_probe", 4, 8, 1);
        }
        catch (NativeException e)
        {
            why = e.Message;
        }

        Assert.SkipWhen(why.Length > 0, why);
    }
}
