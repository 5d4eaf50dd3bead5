using Sonde.Packets.Filters;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Filters;

/// <summary>Compares with programs that libpcap made (tests/fixtures/filter), verdict by verdict.</summary>
public sealed class LibpcapAgreementTests
{
    [Theory]
    [InlineData("libpcap-1.10.3.txt", true, 600)]
    [InlineData("libpcap-1.10.3.txt", false, 600)]
    [InlineData("libpcap-1.10.3-socket.txt", true, 30)]
    [InlineData("libpcap-1.10.3-socket.txt", false, 30)]
    public void Every_recorded_expression_is_accepted_or_refused_alike_and_gives_the_same_verdicts(string file, bool optimize, int atLeast)
    {
        List<byte[]> frames = FilterFrames.All();
        PacketMetadata[] known = [default, new(HasVlanTag: true, VlanTag: 5), new(IsOutgoing: true, InterfaceIndex: 3, HasVlanTag: true, VlanTag: 7)];
        PacketFilterOptions options = new() { Optimize = optimize, VlanInMetadata = file.Contains("socket") };
        List<string> differences = [];
        int agreed = 0;
        int identical = 0;
        long ours = 0;
        long theirs = 0;
        foreach (Recorded recorded in Recorded.ReadAll(file))
        {
            BpfInstruction[]? expected = optimize ? recorded.Optimized : recorded.Plain;
            bool compiled = PacketFilter.TryCompile(
                recorded.Expression, recorded.LinkType, out PacketFilter? filter, out PacketFilterException? error, options);
            if (compiled != (expected is not null))
            {
                differences.Add($"{recorded.LinkType} '{recorded.Expression}': {(error is null ? "accepted here only" : "refused here only: " + error.Problem)}");
                continue;
            }

            agreed++;
            if (filter is null || expected is null)
            {
                continue;
            }

            Assert.True(BpfProgram.IsValid(filter.Program), recorded.Expression);
            ours += filter.Program.Length;
            theirs += expected.Length;
            identical += filter.Program.SequenceEqual(expected) ? 1 : 0;
            byte[]? disagreed = frames.Find(frame => Array.Exists(
                known, metadata => filter.Matches(frame, frame.Length, metadata) != (BpfProgram.Run(expected, frame, frame.Length, metadata) != 0)));
            if (disagreed is not null)
            {
                differences.Add($"{recorded.LinkType} '{recorded.Expression}' on {Convert.ToHexString(disagreed)}\n{filter}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{agreed} expressions agree over {frames.Count} frames, {identical} programs identical; {ours} instructions here, {theirs} in libpcap's");
        Assert.True(differences.Count == 0, $"{differences.Count} differ, {agreed} agree, {identical} identical:\n{string.Join('\n', differences.Take(25))}");
        Assert.True(agreed >= atLeast, $"only {agreed} expressions were compared");
    }

    private sealed record Recorded(LinkType LinkType, string Expression, BpfInstruction[]? Optimized, BpfInstruction[]? Plain)
    {
        internal static IEnumerable<Recorded> ReadAll(string file) =>
            from line in File.ReadLines(Repository.PathOf("tests", "fixtures", "filter", file))
            where !line.StartsWith('#')
            let parts = line.Split('\t')
            select new Recorded((LinkType)int.Parse(parts[0]), parts[1], Program(parts[2]), Program(parts[3]));

        private static BpfInstruction[]? Program(string text) => text == "!" ? null : Array.ConvertAll(text.Split(','), static instruction =>
        {
            string[] fields = instruction.Split(' ');
            return new BpfInstruction(ushort.Parse(fields[0]), byte.Parse(fields[1]), byte.Parse(fields[2]), uint.Parse(fields[3]));
        });
    }
}
