using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Sonde.Host.Streams;

namespace Sonde.Windows.Tests;

public sealed class StandardOutputTests
{
    [Fact]
    public void A_pipe_that_nobody_reads_is_told_as_such()
    {
        using var reader = new AnonymousPipeServerStream(PipeDirection.In);
        using Stream output = StandardOutput.Over(new SafeFileHandle(reader.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false));
        output.Write("first"u8);
        byte[] read = new byte[5];
        reader.ReadExactly(read);
        Assert.Equal("first"u8, read);

        reader.Dispose();
        IOException closed = Assert.ThrowsAny<IOException>(() => output.Write("second"u8));

        Assert.True(StandardOutput.IsClosedPipe(closed), $"{closed.HResult:X8} {closed.Message}");
    }
}
