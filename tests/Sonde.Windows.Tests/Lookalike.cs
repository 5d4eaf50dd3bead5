using Sonde.Interop;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>The scenes of tests/fixtures/windows/fakeiphlp.c, in its order.</summary>
internal enum Scene
{
    Usual,
    Growing,
    NoAdapters,
    NeverEnough,
    Stubborn,
    TablesDenied,
    Circle,
    AdaptersDenied,
    Vanishing,
}

/// <summary>The look-alike iphlpapi.dll. It replaces the real one for the whole process, so the lane runs its tests in passes of their own.</summary>
internal static class Lookalike
{
    private static readonly Lazy<LookalikeDll> s_dll = new(() =>
        LookalikeDll.Replace(typeof(NativeError).Assembly, "iphlpapi.dll", Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")!)); // Play checks it

    internal static LookalikeDll Play(Scene scene)
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable("SONDE_LOOKALIKE")),
            "SONDE_LOOKALIKE is not set: the lane compiles the DLL and runs these tests in a process of their own");
        s_dll.Value.Call("fake_play", (int)scene);
        return s_dll.Value;
    }
}
