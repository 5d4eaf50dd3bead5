using Sonde.Testing;

namespace Sonde.System.Tests;

/// <summary>Makes a namespace, or skips the test with the reason why none can be made.</summary>
internal static class NeedsRoot
{
    internal static NetworkNamespace Namespace()
    {
        string? why = NetworkNamespace.WhyNot();
        Assert.SkipWhen(why is not null, why ?? string.Empty);
        return new NetworkNamespace();
    }
}
