using System.Diagnostics;
using Sonde.Cli.Records;
using Sonde.Cli.Records.Filtering;
using Sonde.Host;

namespace Sonde.Cli.Tests.Records;

public sealed class RecordFilterTests
{
    private static readonly RecordFields<Row> s_fields = new(
    [
        new("name", FieldKind.Text, 1, static row => FieldValue.Of(row.Name), "comm"),
        new("uid", FieldKind.Number, 2, static row => FieldValue.Of(row.Uid)),
        new("rss", FieldKind.Bytes, 4, static row => FieldValue.Of(row.Bytes)),
        new("age", FieldKind.Duration, 8, static row => FieldValue.Of(Reading.Ok(row.Age))),
        new("start", FieldKind.Time, 16, static row => FieldValue.Of(Reading.Ok(row.Start))),
        new("kernel", FieldKind.Boolean, 32, static row => FieldValue.Of(Reading.Ok(row.IsKernel))),
        new("container", FieldKind.Text, 64, static row => FieldValue.Of(row.Container)),
        new("caps", FieldKind.List, 128, static row => FieldValue.Of(Reading.Ok<IReadOnlyList<string>>(row.Caps))),
        new("cpu", FieldKind.Real, 256, static row => FieldValue.Of(row.Cpu)),
    ]);

    private static readonly Row s_row = new(
        "nginx (main)", 33, 150_000_000, TimeSpan.FromMinutes(90), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), false,
        Reading.None<string>(), ["CAP_NET_RAW", "CAP_CHOWN"], Reading.Denied<double>("no"));

    [Theory]
    [InlineData("name:NGI", true)]
    [InlineData("comm:ngi", true)]
    [InlineData("NAME:ngi", true)]
    [InlineData("name:apache", false)]
    [InlineData("name='nginx (main)'", true)]
    [InlineData("name=nginx", false)]
    [InlineData("name!=nginx", true)]
    [InlineData("name~^ng.n", true)]
    [InlineData("name~\\((main|other)\\)$", true)]
    [InlineData("(name~\\((main|other)\\)$)", true)]
    [InlineData("name~^x", false)]
    [InlineData("uid=33", true)]
    [InlineData("uid:33", true)]
    [InlineData("uid:3", false)]
    [InlineData("uid!=0", true)]
    [InlineData("uid<34 and uid>32", true)]
    [InlineData("uid>=33 and uid<=33", true)]
    [InlineData("rss>100M", true)]
    [InlineData("rss>150M", false)]
    [InlineData("rss>=150MB", true)]
    [InlineData("rss>143Mi and rss<144Mi", true)]
    [InlineData("age>1h", true)]
    [InlineData("age=90m", true)]
    [InlineData("age<5400.5", true)]
    [InlineData("start>2026-01-01", true)]
    [InlineData("start<2026-01-02T03:04:06Z", true)]
    [InlineData("kernel:false", true)]
    [InlineData("kernel=yes", false)]
    [InlineData("caps:net_raw", true)]
    [InlineData("caps=CAP_CHOWN", true)]
    [InlineData("caps=CHOWN", false)]
    [InlineData("caps~^CAP_CH", true)]
    [InlineData("container:*", false)]
    [InlineData("not container:*", true)]
    [InlineData("name:*", true)]
    [InlineData("container:x or container!=x", false)]
    [InlineData("cpu>0 or cpu<=0", false)]
    [InlineData("not cpu>0", true)]
    [InlineData("uid=1 or uid=33 and name:ngi", true)]
    [InlineData("(uid=33 or uid=1) and name:zzz", false)]
    [InlineData("uid=33 and not (name:zzz or kernel:true)", true)]
    [InlineData("not not uid=33", true)]
    [InlineData("uid=33 AND NOT name:zzz", true)]
    [InlineData("name:\"a\\\"b\" or name:'ginx'", true)]
    public void A_filter_says_what_fits(string filter, bool expected) => Assert.Equal(expected, RecordFilter<Row>.Parse(filter, s_fields).Fits(s_row));

    [Theory]
    [InlineData("", 0, "expected a field")]
    [InlineData("name:ngi nd uid=0", 9, "expected 'and', 'or' or the end")]
    [InlineData("nam:ngi", 0, "did you mean 'name'?")]
    [InlineData("whatever:x", 0, "there is no field 'whatever'")]
    [InlineData("name", 4, "expected one of")]
    [InlineData("name ngi", 5, "expected one of")]
    [InlineData("name:", 5, "expected a value")]
    [InlineData("name:'ngi", 5, "quote is not closed")]
    [InlineData("(name:ngi", 0, "bracket is not closed")]
    [InlineData("name:ngi)", 8, "no bracket is open")]
    [InlineData("uid=33 and", 10, "expected a field")]
    [InlineData("and uid=33", 0, "there is no field 'and'")]
    [InlineData("uid=33 and =4", 11, "expected a field here")]
    [InlineData("name<5", 4, "is no number")]
    [InlineData("uid>many", 4, "expected a number")]
    [InlineData("age>5x", 4, "expected a duration")]
    [InlineData("start>soon", 6, "expected a time")]
    [InlineData("kernel=maybe", 7, "is true or false")]
    [InlineData("name~[", 6, "no regular expression")]
    public void What_is_no_filter_is_refused_at_the_right_character(string filter, int position, string problem)
    {
        FilterException error = Assert.Throws<FilterException>(() => RecordFilter<Row>.Parse(filter, s_fields));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.Equal(position, error.Pointer.IndexOf('^', StringComparison.Ordinal));
    }

    [Fact]
    public void A_filter_knows_which_fields_it_needs()
    {
        RecordFilter<Row> filter = RecordFilter<Row>.Parse("name:a or (uid=1 and not name:b)", s_fields);

        Assert.Equal(["name", "uid"], filter.Fields.Select(static field => field.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_expression_that_takes_for_ever_is_stopped()
    {
        RecordFilter<Row> filter = RecordFilter<Row>.Parse("name~^(\\w+\\s?)*$", s_fields);
        long started = Stopwatch.GetTimestamp();

        FilterException error = Assert.Throws<FilterException>(() => filter.Fits(s_row with { Name = new string('a', 60) + "!" }));

        Assert.Equal(5, error.Position);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    public void Endless_nesting_is_refused(string part) =>
        Assert.Contains("nested", Assert.Throws<FilterException>(() => RecordFilter<Row>.Parse(string.Concat(Enumerable.Repeat(part, 4000)) + "uid=1", s_fields)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_filter_of_a_megabyte_is_refused() => Assert.Throws<FilterException>(() => RecordFilter<Row>.Parse(new string(' ', 1_000_000) + "uid=1", s_fields));

    [Fact]
    public void Random_text_is_understood_or_refused_and_nothing_else()
    {
        string[] parts = ["name", "uid", "rss", "age", ":", "=", "!=", "<", ">", "~", "(", ")", " and ", " or ", " not ", "*", "'", "\"", "\\", "5", "M", "[a-", "x", "\t", "é"];
        var random = new Random(8);
        for (int round = 0; round < 20_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => parts[random.Next(parts.Length)]));
            try
            {
                RecordFilter<Row>.Parse(text, s_fields).Fits(s_row);
            }
            catch (FilterException error)
            {
                Assert.InRange(error.Position, 0, text.Length);
            }
        }
    }

    private sealed record Row(
        string Name, long Uid, long Bytes, TimeSpan Age, DateTimeOffset Start, bool IsKernel, Reading<string> Container, string[] Caps, Reading<double> Cpu);
}
