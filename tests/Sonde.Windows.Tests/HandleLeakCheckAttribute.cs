using System.Reflection;
using Sonde.Testing;
using Xunit.v3;

namespace Sonde.Windows.Tests;

/// <summary>Fails a test after which the process has more kernel handles than before.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HandleLeakCheckAttribute : BeforeAfterTestAttribute
{
    // What the runtime itself may open during a test, once it is warm. Leaks that are smaller show in HandleTests.
    private const int Tolerance = 3;

    private static bool s_warm;
    private int _before;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (!s_warm)
        {
            WarmUp();
            s_warm = true;
        }

        _before = Settle(int.MinValue);
    }

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

    // The runtime opens handles for good the first time that it needs a pool thread, the timer thread, a stop signal or an exception's text.
    private static void WarmUp()
    {
        using var called = new ManualResetEvent(initialState: false);
        using var timer = new Timer(_ => called.Set(), null, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        called.WaitOne();
        try
        {
            throw new InvalidOperationException("warm");
        }
        catch (InvalidOperationException expected)
        {
            _ = expected.ToString();
        }

        // Nothing of Sonde is called here: that would bind the system's DLLs before a test can replace them.
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        cancel.Token.WaitHandle.WaitOne();
    }
}
