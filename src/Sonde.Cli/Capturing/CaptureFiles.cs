using System.Globalization;
using Sonde.Cli.Commands;
using Sonde.Cli.Frames;
using Sonde.Packets.Files;

namespace Sonde.Cli.Capturing;

/// <summary>The file, or the row of files, that a running capture writes. One thread at a time.</summary>
internal sealed class CaptureFiles : IDisposable
{
    // Beside its bytes a packet takes 28 to 44 bytes in a file: a file may be longer than asked by less than this.
    private const int RecordOverhead = 44;

    private readonly CommandContext _context;
    private readonly string _path;
    private readonly CaptureFormat _format;
    private readonly CaptureRotation? _rotation;
    private readonly IReadOnlyList<CaptureInterface> _interfaces;
    private readonly int[] _ids;
    private readonly long _started; // on the wall's clock, for the file
    private readonly long _began; // on a clock that does not go back, for the rotation
    private readonly List<FrameGap> _gaps = [];
    private CaptureFileWriter _writer;
    private long _earlierBytes;
    private bool _isClosed;

    /// <summary>Creates the first file.</summary>
    /// <param name="context">Whose output is written to for "-".</param>
    /// <param name="path">The name; where there are several files, each has its number before the ending.</param>
    /// <param name="format">What was asked for, or unknown to go by the name.</param>
    /// <param name="rotation">When to go on in a new file, or null.</param>
    /// <param name="interfaces">What is captured from.</param>
    internal CaptureFiles(
        CommandContext context, string path, CaptureFormat format, CaptureRotationOptions? rotation, IReadOnlyList<CaptureInterface> interfaces)
    {
        _context = context;
        _path = path;
        _format = CaptureFileName.FormatOf(path, format);
        _rotation = rotation is null ? null : new CaptureRotation(rotation);
        _interfaces = interfaces;
        _ids = new int[interfaces.Count];
        _started = Now();
        _began = context.Time.GetTimestamp();
        _writer = Open();
    }

    /// <summary>How many files were begun.</summary>
    internal long Files => (_rotation?.FileNumber ?? 0) + 1;

    /// <summary>How many bytes all files have together.</summary>
    internal long Bytes => _earlierBytes + _writer.Length;

    /// <summary>The file that is written now.</summary>
    internal string CurrentPath => _rotation is null ? _path : NumberedPath(_rotation.FileNumber);

    /// <summary>Whether the file refused something.</summary>
    internal bool HasFailed => _writer.HasFailed;

    /// <summary>Asks for what the system counted on an interface, when a file is completed.</summary>
    internal Func<int, InterfaceStatistics?>? StatisticsOf { get; set; }

    /// <summary>Writes a frame, in a new file when the one that is open is full or old.</summary>
    internal void Write(int interfaceNumber, ReadOnlySpan<byte> data, int wireLength, long timestampNanoseconds, PacketDirection direction)
    {
        if (_rotation is not null)
        {
            Rotate(data.Length + RecordOverhead);
        }

        _writer.Write(_ids[interfaceNumber], data, wireLength, timestampNanoseconds, new PacketAnnotation { Direction = direction });
    }

    /// <summary>Begins a new file when the time of the one that is open is over, though no frame comes.</summary>
    internal void Tick()
    {
        if (_rotation is not null)
        {
            Rotate(0);
        }
    }

    /// <summary>Hands everything so far to the file: who reads it meanwhile sees whole records.</summary>
    internal void Flush() => _writer.Flush();

    /// <summary>Completes the last file.</summary>
    /// <returns>What the files could not keep.</returns>
    internal IReadOnlyList<FrameGap> Close()
    {
        Complete();
        _isClosed = true;
        return _gaps;
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _writer.Dispose();
        }
    }

    private void Rotate(int nextRecord)
    {
        long now = (long)_context.Time.GetElapsedTime(_began).TotalNanoseconds;
        if (!_rotation!.IsDue(_writer.Length, _writer.Packets, nextRecord, now)) // only with a rotation
        {
            return;
        }

        Complete();
        _rotation.Advance(now);
        if (_rotation.ExpiredFile is { } expired)
        {
            string old = NumberedPath(expired);
            try
            {
                File.Delete(old);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                _gaps.Add(new FrameGap("the removal of an old file", $"{old}: {failure.Message}"));
            }
        }

        _writer = Open();
    }

    private CaptureFileWriter Open()
    {
        string path = CurrentPath;
        if (_rotation is not null)
        {
            // The names can be guessed: what somebody else has put there, a link perhaps, is removed and not written through.
            Remove(path);
        }

        var writer = new CaptureFileWriter(
            CaptureFileSource.OpenWrite(_context, path),
            path,
            _format,
            new CaptureSection { OperatingSystem = Errors.HostAdvice.Create().System, Application = $"sonde {DoctorReport.VersionOf()}" });
        for (int i = 0; i < _ids.Length; i++)
        {
            _ids[i] = writer.AddInterface(_interfaces[i]);
        }

        return writer;
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CaptureFileName.Refused("cannot write", path, failure);
        }
    }

    private void Complete()
    {
        if (_format == CaptureFormat.PcapNg)
        {
            for (int i = 0; i < _ids.Length; i++)
            {
                if (StatisticsOf?.Invoke(i) is { } statistics)
                {
                    long now = Now();
                    _writer.WriteStatistics(statistics with { InterfaceId = _ids[i], StartNanoseconds = _started, EndNanoseconds = now, TimestampNanoseconds = now });
                }
            }
        }

        _writer.Dispose();
        _earlierBytes += _rotation is null ? 0 : _writer.Length;
        foreach (FrameGap gap in _writer.Gaps())
        {
            // Remarks of each file are one remark about all.
            int known = _gaps.FindIndex(one => one.What == gap.What);
            if (known >= 0)
            {
                _gaps[known] = _gaps[known] with { Count = _gaps[known].Count + gap.Count };
            }
            else
            {
                _gaps.Add(gap);
            }
        }
    }

    // "out.pcapng" becomes "out.00007.pcapng": sorted by name they are sorted by time.
    private string NumberedPath(long number)
    {
        string ending = Path.GetExtension(_path);
        return $"{_path[..^ending.Length]}.{number.ToString("D5", CultureInfo.InvariantCulture)}{ending}";
    }

    private long Now() => (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
