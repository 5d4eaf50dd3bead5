using System.Reflection;
using Sonde.Testing;
using Xunit.v3;

namespace Sonde.Windows.Tests;

/// <summary>Fails a test after which the process has more kernel handles than before.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HandleLeakCheckAttribute : BeforeAfterTestAttribute
{
    // The runtime itself opens a handle now and then: a pool thread, a lazily loaded DLL. Leaks that are smaller show in HandleTests.
    private const int Tolerance = 12;

    private int _before;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => _before = Settle(int.MinValue);

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        int after = Settle(_before + Tolerance);
        Assert.True(after <= _before + Tolerance, $"{test.TestDisplayName} left handles behind: {_before} before, {after} after.");
    }

    private static int Settle(int target)
    {
        int count = WindowsHandles.Count();
        if (target > int.MinValue && count > target)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            count = WindowsHandles.Count();
        }

        return count;
    }
}
