using System.Diagnostics.Metrics;

namespace Sonde.Tun.Tests;

/// <summary>The counters of queues as instruments of System.Diagnostics.Metrics.</summary>
public sealed class TunMeterTests
{
    [Fact]
    public void Every_counter_of_an_open_queue_is_measured_with_its_device_queue_and_kind()
    {
        using var device = new DoubleTunDevice(new TunOptions { Name = "metered0", FullPolicy = TunFullPolicy.Drop });
        device.Queue.Incoming.Enqueue(new byte[100]);
        device.Queue.Incoming.Enqueue(new byte[50]);
        Assert.Equal(TunStatus.Ok, device.Queue.TryReceive(new TunBatch()));
        Assert.Equal(TunStatus.Empty, device.Queue.Receive(new TunBatch(), TimeSpan.FromMilliseconds(1)));
        device.Queue.Room = 1;
        device.Queue.Send(new byte[40]);
        device.Queue.Send(new byte[40]);
        device.Queue.Send(new byte[70_000]);

        Dictionary<string, long> measured = Measure("metered0");

        Assert.Equal(2, measured["sonde.tun.packets receive"]);
        Assert.Equal(1, measured["sonde.tun.packets transmit"]);
        Assert.Equal(150, measured["sonde.tun.io receive"]);
        Assert.Equal(40, measured["sonde.tun.io transmit"]);
        Assert.Equal(2, measured["sonde.tun.calls receive"]);
        Assert.Equal(1, measured["sonde.tun.calls transmit"]);
        Assert.Equal(1, measured["sonde.tun.dropped full"]);
        Assert.Equal(1, measured["sonde.tun.dropped invalid"]);
        Assert.Equal(0, measured["sonde.tun.dropped down"]);
        Assert.Equal(0, measured["sonde.tun.dropped failed"]);
        Assert.Equal(0, measured["sonde.tun.dropped malformed"]);
        Assert.Equal(0, measured["sonde.tun.super_packets split"]);
        Assert.Equal(0, measured["sonde.tun.super_packets built"]);
        Assert.Equal(device.Counters.Waits, measured["sonde.tun.waits sleep"]);
        Assert.Equal(0, measured["sonde.tun.waits spin"]);
        Assert.Equal(15, measured.Count);
    }

    [Fact]
    public void A_queue_that_is_closed_is_measured_no_more()
    {
        var device = new DoubleTunDevice(new TunOptions { Name = "metered1" });
        Assert.NotEmpty(Measure("metered1"));

        device.Dispose();

        Assert.Empty(Measure("metered1"));
    }

    [Fact]
    public void Two_devices_are_measured_each_for_itself()
    {
        using var one = new DoubleTunDevice(new TunOptions { Name = "metered2" });
        using var other = new DoubleTunDevice(new TunOptions { Name = "metered3" });
        one.Queue.Send(new byte[40]);

        Assert.Equal(1, Measure("metered2")["sonde.tun.packets transmit"]);
        Assert.Equal(0, Measure("metered3")["sonde.tun.packets transmit"]);
    }

    [Fact]
    public void Instruments_have_units_and_words()
    {
        using var device = new DoubleTunDevice(new TunOptions { Name = "metered4" });
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == TunMeter.Name)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();

        Assert.Equal(
            ["sonde.tun.calls", "sonde.tun.dropped", "sonde.tun.io", "sonde.tun.packets", "sonde.tun.super_packets", "sonde.tun.waits"],
            found.Select(instrument => instrument.Name).Order(StringComparer.Ordinal));
        Assert.All(found, instrument => Assert.False(string.IsNullOrEmpty(instrument.Unit) || string.IsNullOrEmpty(instrument.Description)));
    }

    private static Dictionary<string, long> Measure(string device)
    {
        var measured = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == TunMeter.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // The device, the queue, and what the instrument tells apart.
            Assert.Equal(("device", "queue", 3), (tags[0].Key, tags[1].Key, tags.Length));
            if (Equals(tags[0].Value, device))
            {
                Assert.Equal(0, tags[1].Value);
                measured.Add($"{instrument.Name} {tags[2].Value}", value);
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
