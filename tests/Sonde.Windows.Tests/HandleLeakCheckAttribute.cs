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

    // The first test of a process makes the runner open some more of its own.
    private const int ToleranceOfTheFirst = 12;

    private static int s_tests;
    private IReadOnlyDictionary<byte, int> _before = new Dictionary<byte, int>();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (s_tests++ == 0)
        {
            WarmUp();
        }

        _before = WindowsHandles.CountByType();
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        int tolerance = s_tests == 1 ? ToleranceOfTheFirst : Tolerance;
        IReadOnlyDictionary<byte, int> after = WindowsHandles.CountByType();
        if (Growth(after) > tolerance)
        {
            // Handles that only a finalizer closes are no leak, though they are no good style either.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            after = WindowsHandles.CountByType();
        }

        IEnumerable<string> types = after
            .Select(type => (type.Key, Growth: type.Value - _before.GetValueOrDefault(type.Key)))
            .Where(type => type.Growth != 0)
            .Select(type => $"{type.Growth} of type {type.Key}");
        Assert.True(Growth(after) <= tolerance, $"{test.TestDisplayName} left handles behind: {string.Join(", ", types)}.");
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
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private int Growth(IReadOnlyDictionary<byte, int> after) => after.Values.Sum() - _before.Values.Sum();
}
