using System.Reflection;
using Sonde.Testing;
using Xunit.v3;

namespace Sonde.Windows.Tests;

/// <summary>Fails a test after which the process has more kernel handles than before. Leaks below the tolerances show in HandleTests.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class HandleLeakCheckAttribute : BeforeAfterTestAttribute
{
    // Tokens, registry keys, files, threads; events, of which the runtime makes some for good whenever it needs a thread.
    private const int Tolerance = 2;
    private const int ToleranceOfEvents = 8;
    private const int Many = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static byte s_eventType;
    private static byte s_fileType;

    private IReadOnlyDictionary<byte, int> _before = new Dictionary<byte, int>();
    private int _assembliesBefore;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (s_eventType == 0)
        {
            WarmUp();
            s_eventType = FindType(() => new ManualResetEvent(initialState: false));
            s_fileType = FindType(() => File.OpenHandle(Environment.ProcessPath!)); // a program that runs has a path
        }

        _assembliesBefore = AppDomain.CurrentDomain.GetAssemblies().Length;
        _before = WindowsHandles.CountByType();
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        (byte Type, int Growth)[] leaks = FindLeaks();
        if (leaks.Length > 0)
        {
            // Handles that only a finalizer closes are no leak, though they are no good style either; and a thread that was told to end holds
            // its own until it has.
            SpinWait.SpinUntil(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    leaks = FindLeaks();
                    return leaks.Length == 0;
                },
                s_patience);
        }

        string message = string.Join(", ", leaks.Select(leak => $"{leak.Growth} of type {leak.Type}"));
        Assert.True(leaks.Length == 0, $"{test.TestDisplayName} left handles behind: {message}.");
    }

    // The first time that it needs a pool thread, the timer thread, a stop signal or an exception's text, the runtime opens handles for good.
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

    private static byte FindType(Func<IDisposable> make)
    {
        IReadOnlyDictionary<byte, int> before = WindowsHandles.CountByType();
        IDisposable[] made = [.. Enumerable.Range(0, Many).Select(_ => make())];
        IReadOnlyDictionary<byte, int> after = WindowsHandles.CountByType();
        Array.ForEach(made, each => each.Dispose());
        return after.Keys.Single(type => after[type] - before.GetValueOrDefault(type) >= Many);
    }

    private (byte Type, int Growth)[] FindLeaks() =>
    [
        .. WindowsHandles.CountByType()
            .Select(type => (type.Key, Growth: type.Value - _before.GetValueOrDefault(type.Key)))
            .Where(type => type.Growth > ToleranceOf(type.Key)),
    ];

    // Of every assembly that a test is the first to need, the runtime keeps the file open.
    private int ToleranceOf(byte type) =>
        type == s_eventType ? ToleranceOfEvents
        : type == s_fileType ? Tolerance + AppDomain.CurrentDomain.GetAssemblies().Length - _assembliesBefore
        : Tolerance;
}
