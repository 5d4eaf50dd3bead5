using System.Text;
using Sonde.Interop.Linux.Bpf;

namespace Sonde.Interop.Tests.Bpf;

public sealed class VerifierLogTests
{
    [Fact]
    public void The_last_lines_of_a_long_log_are_kept_and_the_others_counted()
    {
        string text = string.Join('\n', Enumerable.Range(0, 500).Select(i => $"{i}: (b7) r0 = {i}"))
            + "\nR1 invalid mem access 'scalar'\nprocessed 501 insns (limit 1000000) max_states_per_insn 0\n\0garbage";

        var log = VerifierLog.Parse(Encoding.ASCII.GetBytes(text), isTruncated: false);

        Assert.Equal("R1 invalid mem access 'scalar'", log.Telling[^1]);
        Assert.Equal(12, log.Telling.Count);
        Assert.Equal(489, log.LeftOut);
        Assert.EndsWith("R1 invalid mem access 'scalar' (489 lines before)", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("garbage", log.Text, StringComparison.Ordinal);
        Assert.Contains("0: (b7) r0 = 0", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_log_is_shown_whole_and_an_empty_one_as_nothing()
    {
        Assert.Equal("unknown func bpf_x#999", VerifierLog.Parse("unknown func bpf_x#999\nprocessed 1 insns\n\0"u8, isTruncated: false).ToString());
        Assert.Empty(VerifierLog.Parse(new byte[64], isTruncated: false).ToString());
    }

    [Fact]
    public void A_log_that_did_not_fit_says_so_and_overlong_lines_are_cut()
    {
        var log = VerifierLog.Parse(Encoding.ASCII.GetBytes(new string('x', 5000)), isTruncated: true);

        Assert.Equal(401, log.Telling[0].Length);
        Assert.EndsWith("(0 lines before, log cut short)", log.ToString(), StringComparison.Ordinal);
    }
}
