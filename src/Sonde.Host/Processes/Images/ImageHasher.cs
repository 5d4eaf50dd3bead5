using System.Globalization;
using System.Security.Cryptography;

namespace Sonde.Host.Processes.Images;

/// <summary>SHA-256 of program files, worked out on threads of its own and remembered by file: however many processes run it, a file is read once.</summary>
/// <remarks>Asking never waits: what is not known yet says so, and is known in a later reading.</remarks>
internal sealed class ImageHasher : IDisposable
{
    /// <summary>What is said of a file that waits or is being read.</summary>
    internal const string Working = "its file is being read";

    private const int BufferBytes = 256 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2); // for the last read, when disposed

    private readonly Lock _lock = new();
    private readonly Dictionary<ProcessImageFile, Entry> _entries = [];
    private readonly Queue<Entry> _queue = new();
    private readonly ProcessHashOptions _options;
    private readonly ImageOpener _opener;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _work = new(0);
    private readonly List<Thread> _threads = [];
    private readonly ManualResetEventSlim _isIdle = new(initialState: true);
    private volatile bool _isDisposed;
    private int _unfinished;

    internal ImageHasher(ImageOpener opener, ProcessHashOptions options, TimeProvider time)
    {
        _opener = opener;
        _options = options;
        _time = time;
    }

    /// <summary>How many files were read, for better or worse.</summary>
    internal int FilesRead { get; private set; }

    /// <summary>How many files wait or are being read.</summary>
    internal int Unfinished
    {
        get
        {
            lock (_lock)
            {
                return _unfinished;
            }
        }
    }

    /// <summary>The hash of the file that a process runs from, as hexadecimal digits; asks for it when it is not known.</summary>
    internal Reading<string> Get(int pid, Reading<ProcessImage> image)
    {
        if (!image.TryGetValue(out ProcessImage? known))
        {
            return new Reading<string>(image.Status, default, image.Reason);
        }

        if (!known.File.TryGetValue(out ProcessImageFile? file))
        {
            return new Reading<string>(known.File.Status, default, known.File.Reason);
        }

        if (_opener.WhyNoHash is { } why)
        {
            return Reading.Unsupported<string>(why);
        }

        if (file.Size > _options.MaxBytes)
        {
            return Reading.NotCollected<string>(string.Create(CultureInfo.InvariantCulture, $"its file is larger than {_options.MaxBytes} bytes"));
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_entries.TryGetValue(file, out Entry? entry))
            {
                return entry.Result;
            }

            if (_entries.Count >= _options.MaxFiles && !TryMakeRoom())
            {
                return Reading.NotCollected<string>("too many files wait already");
            }

            entry = new Entry(pid, known, file);
            _entries.Add(file, entry);
            _queue.Enqueue(entry);
            _unfinished++;
            _isIdle.Reset();
            if (_threads.Count < Math.Max(1, _options.Workers) && _threads.Count < _unfinished)
            {
                var thread = new Thread(Work) { IsBackground = true, Name = "sonde-hash" };
                _threads.Add(thread);
                thread.Start();
            }

            _work.Release();
            return entry.Result;
        }
    }

    /// <summary>Waits until nothing waits or is being read any more.</summary>
    /// <returns>How many are left when the time is over or the token is cancelled.</returns>
    internal int Wait(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            _isIdle.Wait(timeout, cancellation);
        }
        catch (OperationCanceledException)
        {
            return Unfinished; // the caller wants what is there
        }

        return Unfinished;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _queue.Clear();
            _work.Release(Math.Max(1, _threads.Count));
        }

        // A read from a file system that does not answer cannot be woken; its thread is left behind and does not hold the process.
        bool haveEnded = true;
        foreach (Thread thread in _threads)
        {
            haveEnded &= thread.Join(s_patience);
        }

        if (haveEnded)
        {
            _work.Dispose();
            _isIdle.Dispose();
        }
    }

    // All that is finished is forgotten at once, which costs time and never correctness.
    private bool TryMakeRoom()
    {
        foreach ((ProcessImageFile file, Entry entry) in _entries)
        {
            if (entry.IsFinished)
            {
                _entries.Remove(file); // allowed while enumerating since .NET Core 3.0
            }
        }

        return _entries.Count < _options.MaxFiles;
    }

    private void Work()
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        while (true)
        {
            _work.Wait();
            Entry? entry;
            lock (_lock)
            {
                if (_isDisposed)
                {
                    return;
                }

                if (!_queue.TryDequeue(out entry))
                {
                    continue;
                }
            }

            Reading<string> result = Hash(entry, buffer);
            lock (_lock)
            {
                FilesRead++;
                entry.Finish(result);

                // The process through which it was to be opened has ended; another one that runs it may be asked next time.
                if (result.Status == ReadingStatus.Gone)
                {
                    _entries.Remove(entry.File);
                }

                if (--_unfinished == 0)
                {
                    _isIdle.Set();
                }
            }
        }
    }

    private Reading<string> Hash(Entry entry, byte[] buffer)
    {
        try
        {
            using OpenedImage image = _opener.Open(entry.Pid, entry.Image);
            return _opener.IsSame(entry.File, image.Look())
                ? Hash(entry, image, buffer)
                : Reading.Gone<string>("another file lies there now");
        }
        catch (FileNotFoundException gone)
        {
            return Reading.Gone<string>(gone.Message);
        }
        catch (DirectoryNotFoundException gone)
        {
            return Reading.Gone<string>(gone.Message);
        }
        catch (UnauthorizedAccessException refused)
        {
            return Reading.Denied<string>(refused.Message);
        }
        catch (HostException refused)
        {
            return refused.Failure == HostFailure.AccessDenied ? Reading.Denied<string>(refused.Reason) : Reading.Failed<string>(refused.Message);
        }
        catch (IOException failed)
        {
            return Reading.Failed<string>(failed.Message);
        }
        catch (ArgumentException noPath)
        {
            return Reading.Failed<string>(noPath.Message); // what a system calls a path need not be one to the runtime
        }
        catch (NotSupportedException noFile)
        {
            return Reading.Failed<string>(noFile.Message); // a device, a pipe
        }
    }

    private Reading<string> Hash(Entry entry, OpenedImage image, byte[] buffer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long started = _time.GetTimestamp();
        long length = 0;
        int count;
        while ((count = image.Read(buffer)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
            if (length > entry.File.Size)
            {
                break;
            }

            if (_time.GetElapsedTime(started) > _options.MaxTime)
            {
                return Reading.NotCollected<string>(string.Create(CultureInfo.InvariantCulture, $"reading its file takes longer than {_options.MaxTime.TotalSeconds:0.###} s"));
            }

            if (_isDisposed)
            {
                return Reading.NotCollected<string>("it was given up");
            }
        }

        return length == entry.File.Size && _opener.IsSame(entry.File, image.Look())
            ? Convert.ToHexStringLower(hash.GetHashAndReset())
            : Reading.Failed<string>("its file changed while it was read");
    }

    private sealed class Entry(int pid, ProcessImage image, ProcessImageFile file)
    {
        internal int Pid { get; } = pid;

        internal ProcessImage Image { get; } = image;

        internal ProcessImageFile File { get; } = file;

        internal bool IsFinished { get; private set; }

        internal Reading<string> Result { get; private set; } = Reading.NotCollected<string>(Working);

        internal void Finish(Reading<string> result)
        {
            Result = result;
            IsFinished = true;
        }
    }
}
