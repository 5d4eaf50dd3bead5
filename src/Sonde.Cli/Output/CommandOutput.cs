using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sonde.Cli.Output;

/// <summary>Where a command prints: buffered UTF-8, sent when a whole answer is there or the buffer is full.</summary>
internal sealed class CommandOutput(Stream stream, Screen screen) : IDisposable
{
    private const int SendAt = 64 * 1024;
    private static readonly JsonWriterOptions s_compact = new() { Indented = false };
    private static readonly JsonWriterOptions s_indented = new() { Indented = true };
    private readonly ArrayBufferWriter<byte> _buffer = new(SendAt);
    private Utf8JsonWriter? _json;
    private bool _isAbandoned;

    /// <summary>What the output looks like now.</summary>
    internal Screen Screen { get; set; } = screen;

    internal void Write(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        SendWhenFull();
    }

    /// <summary>One JSON document and a line end; indented on a terminal.</summary>
    internal void WriteJson<T>(T value, JsonTypeInfo<T> type) => WriteJson(value, type, Screen.IsTerminal ? s_indented : s_compact);

    /// <summary>One JSON object on one line.</summary>
    internal void WriteJsonLine<T>(T value, JsonTypeInfo<T> type) => WriteJson(value, type, s_compact);

    /// <summary>One line of tab-separated values.</summary>
    internal void WriteTsv(IEnumerable<string> cells) => Write(string.Join('\t', cells.Select(SafeText.TsvCell)) + "\n");

    /// <summary>A writer for one JSON value that is written piece by piece; indented on a terminal, unless it is to stand on one line.</summary>
    internal Utf8JsonWriter BeginJson(bool isLine) => PrepareJson(Screen.IsTerminal && !isLine ? s_indented : s_compact);

    /// <summary>Between two pieces: sends what is there once it is enough, so that a long document is never whole in memory.</summary>
    internal void ContinueJson()
    {
        _json?.Flush();
        SendWhenFull();
    }

    /// <summary>Ends the value with a line end.</summary>
    internal void EndJson()
    {
        _json?.Flush();
        Write("\n");
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
        _json?.Dispose();
        stream.Dispose();
    }

    private void SendWhenFull()
    {
        if (_buffer.WrittenCount >= SendAt)
        {
            Flush();
        }
    }

    private void WriteJson<T>(T value, JsonTypeInfo<T> type, JsonWriterOptions options)
    {
        JsonSerializer.Serialize(PrepareJson(options), value, type);
        EndJson();
    }

    private Utf8JsonWriter PrepareJson(JsonWriterOptions options)
    {
        if (_json is null || _json.Options.Indented != options.Indented)
        {
            _json?.Dispose();
            _json = new Utf8JsonWriter(_buffer, options);
        }
        else
        {
            _json.Reset();
        }

        return _json;
    }
}
