using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Sonde.Interop;
using Sonde.Interop.Windows;
using Sonde.Interop.Windows.Etw;
using Sonde.Testing;

namespace Sonde.Windows.Tests;

/// <summary>A trace of events over the look-alike: begun, listened to, refused, lost, stopped.</summary>
[Trait("pass", "etw")]
public sealed class EtwSessionTests
{
    private const string Name = "Sonde.Tests";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly EtwSettings s_settings = new(32, 16, 64, 10);
    private readonly EtwLookalike _windows = EtwLookalike.Play();
    private readonly Consumer _told = new();

    [Fact]
    public void What_providers_write_is_told_in_its_order_with_its_moment()
    {
        long before = Stopwatch.GetTimestamp();
        using (Start())
        {
            _windows.Tell(EtwBytes.KernelProcess, 1, 3, [1, 2, 3]);
            _windows.Tell(EtwBytes.KernelNetwork, 10, 0, []);
            _windows.Tell(EtwBytes.KernelProcess, 2, 2, [4], time: 77);
            Until(() => _told.Events.Count == 3);
        }

        Event[] events = [.. _told.Events];
        Assert.Equal((EtwBytes.KernelProcess, 1, 3, "010203"), (events[0].Provider, events[0].Id, events[0].Version, events[0].Payload));
        Assert.InRange(events[0].Time, before, Stopwatch.GetTimestamp());
        Assert.Equal((EtwBytes.KernelNetwork, 10, 0, string.Empty), (events[1].Provider, events[1].Id, events[1].Version, events[1].Payload));
        Assert.Equal(77, events[2].Time);
        Assert.Null(Assert.Single(_told.Ends));
        Assert.Equal((0, 0, 1, 0), (_windows["sessions"], _windows["misuses"], _windows["closed"], _windows["stopped"]));
    }

    [Fact]
    public void The_trace_is_made_for_one_program_that_listens_at_once_and_asks_for_processes_alone()
    {
        using EtwSession session = Start();

        Assert.StartsWith($"{Name}.{Environment.ProcessId}.", session.Name, StringComparison.Ordinal);
        Assert.Equal(
            (SecHost.EVENT_TRACE_REAL_TIME_MODE | SecHost.EVENT_TRACE_INDEPENDENT_SESSION_MODE | SecHost.EVENT_TRACE_USE_MS_FLUSH_TIMER, 32, 16, 64, 10),
            ((uint)_windows.Set("setting", 0), _windows.Set("setting", 1), _windows.Set("setting", 2), _windows.Set("setting", 3), _windows.Set("setting", 4)));
        Assert.Equal((1, 0x22FB2CD6, 0x10), (_windows["providers"], _windows["provider"], _windows["keywords"]));
    }

    [Fact]
    public void A_payload_that_is_not_there_is_empty_whatever_its_length_claims()
    {
        using EtwSession session = Start();
        _windows.Tell(EtwBytes.KernelProcess, 1, 3, [1], withoutPayload: true);
        Until(() => _told.Events.Count == 1);

        Assert.Equal(string.Empty, _told.Events.Single().Payload);
    }

    [Fact]
    public void What_was_written_before_the_stop_is_told_before_it_returns()
    {
        using (Start())
        {
            for (int index = 0; index < 500; index++)
            {
                _windows.Tell(EtwBytes.KernelProcess, 1, 3, [(byte)index]);
            }
        }

        Assert.Equal(500, _told.Events.Count);
    }

    [Theory]
    [InlineData("refuse_start", Win32.ERROR_ACCESS_DENIED, "StartTrace")]
    [InlineData("refuse_start", Win32.ERROR_NO_SYSTEM_RESOURCES, "StartTrace")]
    [InlineData("refuse_enable", Win32.ERROR_ACCESS_DENIED, "EnableTraceEx2")]
    [InlineData("refuse_open", Win32.ERROR_ACCESS_DENIED, "OpenTrace")]
    public void A_refusal_is_told_with_its_call_and_nothing_is_left_behind(string what, int error, string operation)
    {
        _windows.Set(what, error);

        NativeException refused = Assert.Throws<NativeException>(Start);
        Assert.StartsWith(operation, refused.Operation, StringComparison.Ordinal);
        Assert.Equal(new NativeError(NativeErrorDomain.Win32, error), refused.Error);
        Assert.Equal((0, 0), (_windows["sessions"], _windows["misuses"]));
        Assert.Empty(_told.Ends);
    }

    [Fact]
    public void A_trace_with_our_name_that_an_earlier_process_left_is_stopped_and_ours_begins()
    {
        int last;
        using (EtwSession before = Start())
        {
            last = int.Parse(before.Name[(before.Name.LastIndexOf('.') + 1)..], CultureInfo.InvariantCulture);
        }

        _windows.Set("refuse_list", 120); // it cannot be found by the list
        _windows.Leave($"{Name}.{Environment.ProcessId}.{last + 1}");
        using EtwSession session = Start();

        Assert.Equal((1, 1, 0), (_windows["stopped"], _windows["sessions"], _windows["misuses"]));
    }

    [Fact]
    public void Two_traces_of_one_process_do_not_disturb_each_other()
    {
        using EtwSession first = Start();
        using EtwSession second = Start();

        Assert.NotEqual(first.Name, second.Name);
        Assert.Equal((0, 2), (_windows["stopped"], _windows["sessions"]));
    }

    [Fact]
    public void Traces_of_processes_that_are_gone_are_stopped_and_no_others()
    {
        _windows.Leave($"{Name}.2147483644.1"); // nobody has this id
        _windows.Leave($"{Name}.2147483640.12");
        _windows.Leave($"{Name}.x2147483644.1");
        _windows.Leave($"{Name}.2147483644");
        _windows.Leave($"{Name}s.2147483644.1");
        _windows.Leave($"{Name}.");
        _windows.Leave("NT Kernel Logger");
        using Process living = Process.Start(new ProcessStartInfo("cmd.exe", "/c pause") { RedirectStandardInput = true, UseShellExecute = false, CreateNoWindow = true })!; // not null without the shell
        _windows.Leave($"{Name}.{living.Id}.1");
        try
        {
            using EtwSession session = Start();

            Assert.Equal((2, 7), (_windows["stopped"], _windows["sessions"]));
        }
        finally
        {
            living.Kill();
            living.WaitForExit();
        }
    }

    [Fact]
    public void What_the_system_lost_is_counted()
    {
        using EtwSession session = Start();
        Assert.Equal((0, 0), (session.ReadLosses().Events, session.ReadLosses().Buffers));
        _windows.Set("lose_events", 7);
        _windows.Set("lose_buffers", 2);
        EtwLosses losses = session.ReadLosses();

        Assert.Equal(new EtwLosses(7, 2, 3, 64), losses);
        session.Dispose();
        Assert.Equal(losses, session.ReadLosses()); // the last that was told
    }

    [Fact]
    public void A_trace_that_another_program_stops_ends_with_its_reason()
    {
        using EtwSession session = Start();
        _windows.Set("end", 0);
        Until(() => !_told.Ends.IsEmpty);

        Assert.Contains("another program stopped", Assert.IsType<NativeException>(Assert.Single(_told.Ends)).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_that_cannot_be_read_ends_with_the_error()
    {
        _windows.Set("refuse_process", Win32.ERROR_NOT_ENOUGH_MEMORY);
        using EtwSession session = Start();
        Until(() => !_told.Ends.IsEmpty);

        Assert.Equal(Win32.ERROR_NOT_ENOUGH_MEMORY, Assert.IsType<NativeException>(Assert.Single(_told.Ends)).Error.Code);
    }

    [Fact]
    public void A_consumer_that_throws_ends_the_trace_and_the_exception_is_its_reason()
    {
        _told.Throws = true;
        using EtwSession session = Start();
        _windows.Tell(EtwBytes.KernelProcess, 1, 3, [1]);
        Until(() => !_told.Ends.IsEmpty);

        Assert.IsType<InvalidDataException>(Assert.Single(_told.Ends));
    }

    [Fact]
    public void Disposing_twice_stops_once()
    {
        EtwSession session = Start();
        session.Dispose();
        session.Dispose();

        Assert.Equal((1, 0), (_windows["closed"], _windows["misuses"]));
    }

    private static void Until(Func<bool> isSo) => Assert.True(SpinWait.SpinUntil(isSo, s_patience), "it did not come");

    private EtwSession Start() => EtwSession.Start(Name, s_settings, [EtwProvider.KernelProcess], _told);

    private readonly record struct Event(Guid Provider, int Id, int Version, long Time, string Payload);

    private sealed class Consumer : IEtwConsumer
    {
        internal ConcurrentQueue<Event> Events { get; } = new();

        internal ConcurrentQueue<Exception?> Ends { get; } = new();

        internal bool Throws { get; set; }

        public void Take(in EtwRecord record)
        {
            if (Throws)
            {
                throw new InvalidDataException("this consumer refuses");
            }

            Events.Enqueue(new Event(record.Provider, record.Id, record.Version, record.Timestamp, Convert.ToHexString(record.Payload)));
        }

        public void End(Exception? failure) => Ends.Enqueue(failure);
    }
}
