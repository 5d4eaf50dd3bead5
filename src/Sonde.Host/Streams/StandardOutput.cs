using Microsoft.Win32.SafeHandles;
using Sonde.Host.Streams.Windows;

namespace Sonde.Host.Streams;

/// <summary>The bytes that leave this process, by a stream that notices when nobody reads any more.</summary>
/// <remarks>The console stream of .NET ignores a closed pipe, and would have a program that follows something write into the void for ever.</remarks>
public abstract class StandardOutput
{
    private protected StandardOutput()
    {
    }

    /// <summary>The output of this process.</summary>
    public static StandardOutput Create() => OperatingSystem.IsWindows() ? new WindowsStandardOutput() : new UnixStandardOutput();

    /// <summary>Whether an error only says that the reader has gone (`| head`).</summary>
    public static bool IsClosedPipe(IOException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.HResult is 32 // EPIPE
            or unchecked((int)0x8007006D) // ERROR_BROKEN_PIPE
            or unchecked((int)0x800700E8) // ERROR_NO_DATA
            or unchecked((int)0x800700E9); // ERROR_PIPE_NOT_CONNECTED
    }

    /// <summary>Opens the stream; a write to a pipe that nobody reads fails with <see cref="IsClosedPipe"/>.</summary>
    public Stream Open()
    {
        try
        {
            return OpenHandle();
        }
        catch (Exception unusable) when (unusable is ArgumentException or UnauthorizedAccessException)
        {
            // Not open for writing, or only for overlapped writing: the console stream says so at the first write, with the system's error, or can do it.
            return Console.OpenStandardOutput();
        }
    }

    /// <summary>A stream over an output that is a pipe, a file or the like.</summary>
    /// <exception cref="ArgumentException">It is not open for writing.</exception>
    internal static Stream Over(SafeFileHandle output)
    {
        var file = new FileStream(output, FileAccess.Write, bufferSize: 0);

        // A file stream writes to a regular file at positions of its own, over what others append; the console stream does not.
        return file.CanSeek ? Console.OpenStandardOutput() : file;
    }

    private protected abstract Stream OpenHandle();

    private sealed class UnixStandardOutput : StandardOutput
    {
        private const int Number = 1;

        private protected override Stream OpenHandle() => Over(new SafeFileHandle(Number, ownsHandle: false));
    }
}
