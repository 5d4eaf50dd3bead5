using System.Reflection;
using Sonde.Testing;
using Xunit.v3;

namespace Sonde.System.Tests;

/// <summary>Fails a test that leaves a file descriptor open; applied to every test of this assembly.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LeavesNoDescriptorsAttribute : BeforeAfterTestAttribute
{
    private IReadOnlyDictionary<string, string> _before = new Dictionary<string, string>();

    // The runtime opens pipes and an epoll of its own with the first child process and the first namespace, and keeps them.
    static LeavesNoDescriptorsAttribute() => ChildProcess.MustShell("true");

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => _before = OpenDescriptors.List();

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        IReadOnlyList<string> left = OpenDescriptors.NewSince(_before);
        Assert.True(left.Count == 0, $"{test.TestDisplayName} left open: {string.Join(", ", left)}");
    }
}
