using System.Text.Json;
using Sonde.Traffic;

namespace Sonde.System.Tests.Traffic;

/// <summary>Every way to send and receive that Linux has, held against what the sender knows itself.</summary>
public sealed class AccuracyTests(PlayedScenarios played) : IClassFixture<PlayedScenarios>
{
    public static TheoryData<string> Scenarios => [.. PlayedScenarios.Names];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Each_process_is_named_with_its_bytes(string scenario)
    {
        JsonElement truth = played.TruthOf(scenario);

        List<ProcessTraffic> processes = played.ProcessesOf(scenario);

        Assert.Equal(truth.GetProperty("processes").GetInt32(), processes.Count);
        AssertNear(truth, "tx", processes.Sum(static process => process.Counters.SentBytes));
        AssertNear(truth, "rx", processes.Sum(static process => process.Counters.ReceivedBytes));
    }

    [Fact]
    public void Frames_that_a_process_writes_itself_are_its_own_and_have_no_endpoints()
    {
        ProcessTraffic writer = Assert.Single(played.ProcessesOf("af-packet"));
        ConnectionTraffic frames = played.Snapshot.Connections.Single(one => one.Process == writer.Key);
        long written = played.TruthOf("af-packet").GetProperty("tx").GetInt64();

        Assert.True(frames.IsFrames);
        Assert.Equal((written, OwnerConfidence.Kernel), (frames.Counters.SentBytes, frames.Confidence));
        Assert.Equal(played.TruthOf("af-packet").GetProperty("tx_messages").GetInt64(), frames.Counters.SentPackets);
        Assert.Equal((0, 0), (frames.Key.Local.Port, frames.Key.Remote.Port));
    }

    // IP packets for datagrams; of streams the payload, whose headers are within the allowance.
    private static void AssertNear(JsonElement truth, string way, long counted)
    {
        long bytes = truth.GetProperty(way).GetInt64();
        long expected = bytes + (truth.GetProperty(way + "_messages").GetInt64() * truth.GetProperty("header").GetInt32());
        if (bytes > 0)
        {
            Assert.InRange(counted, expected * 0.9, expected * 1.1);
        }
    }
}
