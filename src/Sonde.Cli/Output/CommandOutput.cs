using System.Buffers;
using System.Text;

namespace Sonde.Cli.Output;

/// <summary>Where a command prints: buffered UTF-8, sent when a whole answer is there or the buffer is full.</summary>
internal sealed class CommandOutput(Stream stream, Screen screen) : IDisposable
{
    private const int SendAt = 64 * 1024;
    private readonly ArrayBufferWriter<byte> _buffer = new(SendAt + (SendAt / 4)); // what passes the mark needs no larger one
    private JsonText? _json;
    private bool _isAbandoned;

    /// <summary>What the output looks like now.</summary>
    internal Screen Screen { get; set; } = screen;

    internal void Write(string text) => Write(text.AsSpan());

    internal void Write(ReadOnlySpan<char> text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        SendWhenFull();
    }

    /// <summary>The output for bytes that are no text; what was printed before is sent first.</summary>
    /// <returns>A stream that need not be disposed, and whose disposal leaves the output open.</returns>
    internal Stream OpenBinary()
    {
        Flush();
        return new BinaryOutput(stream);
    }

    /// <summary>One JSON document and a line end; indented on a terminal.</summary>
    internal void WriteJson<T>(T value, Action<JsonText, T> write) => WriteJson(value, write, isLine: false);

    /// <summary>One JSON object on one line.</summary>
    internal void WriteJsonLine<T>(T value, Action<JsonText, T> write) => WriteJson(value, write, isLine: true);

    /// <summary>One line of tab-separated values.</summary>
    internal void WriteTsv(IEnumerable<string> cells) => Write(string.Join('\t', cells.Select(SafeText.TsvCell)) + "\n");

    /// <summary>A writer for one JSON value that is written piece by piece; indented on a terminal, unless it is to stand on one line.</summary>
    internal JsonText BeginJson(bool isLine)
    {
        _json ??= new JsonText(_buffer);
        _json.Begin(isIndented: Screen.IsTerminal && !isLine);
        return _json;
    }

    /// <summary>Between two pieces: sends what is there once it is enough, so that a long document is never whole in memory.</summary>
    internal void ContinueJson() => SendWhenFull();

    /// <summary>Ends the value with a line end.</summary>
    internal void EndJson()
    {
        _json?.EndLine();
        SendWhenFull();
    }

    /// <summary>Sends what is buffered.</summary>
    /// <exception cref="IOException">Nobody reads, the disk is full, or the output is closed.</exception>
    internal void Flush()
    {
        if (_isAbandoned || _buffer.WrittenCount == 0)
        {
            return;
        }

        stream.Write(_buffer.WrittenSpan);
        stream.Flush();
        _buffer.ResetWrittenCount();
    }

    /// <summary>Gives the output up after an error: nothing more is sent, and disposing cannot fail again.</summary>
    internal void Abandon() => _isAbandoned = true;

    public void Dispose()
    {
        Flush();
        stream.Dispose();
    }

    /// <summary>A writer of files may close what it writes to, and the output must live on.</summary>
    private sealed class BinaryOutput(Stream stream) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => stream.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => stream.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => stream.Write(buffer);
    }

    private void SendWhenFull()
    {
        if (_buffer.WrittenCount >= SendAt)
        {
            Flush();
        }
    }

    private void WriteJson<T>(T value, Action<JsonText, T> write, bool isLine)
    {
        write(BeginJson(isLine), value);
        EndJson();
    }
}
