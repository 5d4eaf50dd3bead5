using System.Collections.Concurrent;
using System.Security.Cryptography;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Images;

namespace Sonde.Host.Tests.Processes.Images;

/// <summary>What hashing promises whatever the system: nothing waits for it, a file is read once, and what could not be read says why.</summary>
public sealed class ImageHasherTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly FakeFiles _files = new();

    [Fact]
    public void A_file_that_many_processes_run_is_read_once()
    {
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/bin/many", [1, 2, 3]);
        for (int pid = 1; pid <= 100; pid++)
        {
            hasher.Get(pid, image);
        }

        Assert.Equal(0, hasher.Wait(s_patience, TestContext.Current.CancellationToken));

        string expected = Convert.ToHexStringLower(SHA256.HashData([1, 2, 3]));
        Assert.Equal(expected, hasher.Get(7, image).Value);
        Assert.Equal(1, hasher.FilesRead);
        Assert.Single(_files.Opened);
    }

    [Fact]
    public void Asking_never_waits_for_a_file_that_does_not_answer()
    {
        using var answers = new ManualResetEventSlim();
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/mnt/slow", [1], answers);

        Reading<string> first = hasher.Get(1, image);
        int left = hasher.Wait(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        Reading<string> second = hasher.Get(1, image);
        answers.Set();

        Assert.Equal((ReadingStatus.NotCollected, ReadingStatus.NotCollected, 1), (first.Status, second.Status, left));
        Assert.Equal("its file is being read", second.Reason);
        Assert.Equal(0, hasher.Wait(s_patience, TestContext.Current.CancellationToken));
        Assert.True(hasher.Get(1, image).HasValue);
    }

    [Fact]
    public void A_file_that_is_too_large_is_not_opened()
    {
        using ImageHasher hasher = Hasher(new ProcessHashOptions { MaxBytes = 2 });

        Reading<string> result = hasher.Get(1, _files.Add("/bin/large", [1, 2, 3]));

        Assert.Equal((ReadingStatus.NotCollected, "its file is larger than 2 bytes"), (result.Status, result.Reason));
        Assert.Empty(_files.Opened);
    }

    [Fact]
    public void A_file_that_takes_too_long_is_given_up()
    {
        var time = new ManualTime();
        using ImageHasher hasher = Hasher(new ProcessHashOptions { MaxTime = TimeSpan.FromSeconds(5) }, time);
        Reading<ProcessImage> image = _files.Add("/mnt/slower", [1, 2, 3]);
        _files.OnRead = () => time.Advance(TimeSpan.FromSeconds(3));

        hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);
        Reading<string> result = hasher.Get(1, image);

        Assert.Equal((ReadingStatus.NotCollected, "reading its file takes longer than 5 s"), (result.Status, result.Reason));
    }

    [Fact]
    public void A_process_that_ended_is_no_reason_not_to_ask_the_next_one_that_runs_the_file()
    {
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/bin/short", [9]);
        _files.Ended.Add(1);

        hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(ReadingStatus.NotCollected, hasher.Get(2, image).Status);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([9])), hasher.Get(2, image).Value);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_has_no_hash()
    {
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/bin/changing", [1, 2, 3]);
        _files.OnRead = () => _files.Touch("/bin/changing");

        hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);
        Reading<string> result = hasher.Get(1, image);

        Assert.Equal((ReadingStatus.Failed, "its file changed while it was read"), (result.Status, result.Reason));
    }

    [Fact]
    public void Another_file_under_the_path_is_not_hashed_in_its_place()
    {
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/bin/replaced", [1, 2, 3]);
        _files.Touch("/bin/replaced");

        hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);

        // Gone is forgotten, so that the next process that runs it is asked; here that is the same answer again.
        Assert.Equal(1, hasher.FilesRead);
        Assert.NotEqual(ReadingStatus.Ok, hasher.Get(1, image).Status);
    }

    [Fact]
    public void What_is_refused_is_said_and_not_asked_again()
    {
        using ImageHasher hasher = Hasher();
        Reading<ProcessImage> image = _files.Add("/bin/secret", [1]);
        _files.Refused = true;

        hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);
        Reading<string> result = hasher.Get(1, image);
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal(ReadingStatus.Denied, result.Status);
        Assert.Equal(1, hasher.FilesRead);
    }

    [Fact]
    public void A_process_without_a_file_says_why_it_has_no_hash()
    {
        using ImageHasher hasher = Hasher();

        Reading<string> kernel = hasher.Get(2, Reading.None<ProcessImage>("a kernel thread runs from no file"));
        Reading<string> denied = hasher.Get(3, Reading.Denied<ProcessImage>("not yours"));

        Assert.Equal((ReadingStatus.None, "a kernel thread runs from no file"), (kernel.Status, kernel.Reason));
        Assert.Equal((ReadingStatus.Denied, "not yours"), (denied.Status, denied.Reason));
    }

    [Fact]
    public void Memory_is_bounded_and_a_file_that_was_forgotten_is_read_again()
    {
        using ImageHasher hasher = Hasher(new ProcessHashOptions { MaxFiles = 10 });
        Reading<ProcessImage>[] images = [.. Enumerable.Range(0, 30).Select(at => _files.Add($"/bin/{at}", [(byte)at]))];
        for (int round = 0; round < 20; round++)
        {
            foreach (Reading<ProcessImage> image in images)
            {
                hasher.Get(1, image);
                hasher.Wait(s_patience, TestContext.Current.CancellationToken);
                Assert.Equal(64, hasher.Get(1, image).Value.Length);
            }
        }

        Assert.InRange(hasher.FilesRead, 31, 600);
    }

    [Fact]
    public void Where_too_many_wait_the_rest_says_so()
    {
        using var answers = new ManualResetEventSlim();
        using ImageHasher hasher = Hasher(new ProcessHashOptions { MaxFiles = 2, Workers = 1 });
        hasher.Get(1, _files.Add("/mnt/a", [1], answers));
        hasher.Get(2, _files.Add("/mnt/b", [1], answers));

        Reading<string> third = hasher.Get(3, _files.Add("/mnt/c", [1], answers));
        answers.Set();

        Assert.Equal((ReadingStatus.NotCollected, "too many files wait already"), (third.Status, third.Reason));
        hasher.Wait(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Waiting_ends_when_it_is_cancelled_and_what_waits_is_dropped_with_the_hasher()
    {
        using var answers = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        ImageHasher hasher = Hasher(new ProcessHashOptions { Workers = 1 });
        hasher.Get(1, _files.Add("/mnt/a", [1], answers));
        hasher.Get(2, _files.Add("/mnt/b", [1], answers));
        cancel.Cancel();

        Assert.Equal(2, hasher.Wait(s_patience, cancel.Token));
        answers.Set();
        hasher.Dispose();
        hasher.Dispose();

        Assert.DoesNotContain(_files.Opened, static path => path == "/mnt/c");
    }

    private ImageHasher Hasher(ProcessHashOptions? options = null, TimeProvider? time = null) => new(_files, options ?? new ProcessHashOptions(), time ?? TimeProvider.System);

    /// <summary>Files that are bytes.</summary>
    private sealed class FakeFiles : ImageOpener
    {
        private readonly ConcurrentDictionary<string, (ProcessImageFile File, byte[] Bytes, ManualResetEventSlim? Answers)> _files = new();
        private int _inode;

        internal ConcurrentQueue<string> Opened { get; } = new();

        internal HashSet<int> Ended { get; } = [];

        internal Action OnRead { get; set; } = static () => { };

        internal bool Refused { get; set; }

        internal Reading<ProcessImage> Add(string path, byte[] bytes, ManualResetEventSlim? answers = null)
        {
            var file = new ProcessImageFile(1, (UInt128)(++_inode), bytes.Length, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
            _files[path] = (file, bytes, answers);
            return new ProcessImage(path, ProcessImageState.Present, Reading.None<string>(), file);
        }

        internal void Touch(string path)
        {
            (ProcessImageFile file, byte[] bytes, ManualResetEventSlim? answers) = _files[path];
            _files[path] = (file with { Modified = file.Modified.AddSeconds(1) }, bytes, answers);
        }

        internal override OpenedImage Open(int pid, ProcessImage image)
        {
            if (Ended.Contains(pid))
            {
                throw new FileNotFoundException("it ended");
            }

            if (Refused)
            {
                throw new UnauthorizedAccessException("no");
            }

            Opened.Enqueue(image.Path);
            return new Bytes(this, image.Path);
        }

        private sealed class Bytes(FakeFiles files, string path) : OpenedImage
        {
            private int _at;

            internal override ProcessImageFile Look() => files._files[path].File;

            internal override int Read(Span<byte> buffer)
            {
                (_, byte[] bytes, ManualResetEventSlim? answers) = files._files[path];
                answers?.Wait(s_patience);
                files.OnRead();
                if (_at == bytes.Length)
                {
                    return 0;
                }

                buffer[0] = bytes[_at++];
                return 1;
            }

            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}
