using Sonde.Laws.Tests.Checks;
using Sonde.Testing;

namespace Sonde.Laws.Tests;

/// <summary>Every check finds what is planted in the lawless library: a check that went blind fails here.</summary>
public class CheckTests
{
    private static Project Lawless => Project.Lawless;

    [Fact]
    public void A_room_without_arrows_is_found() => AssertFound(ReferenceArrows.Check(Lawless), "Sonde.Lawless.csproj", "is no room of the house");

    [Fact]
    public void An_arrow_that_points_up_is_found_in_the_project_file() =>
        AssertFound(ReferenceArrows.Check(Lawless with { Name = "Sonde.Packets" }), "Sonde.Lawless.csproj", "may not reference Sonde.Host");

    [Fact]
    public void An_arrow_that_points_up_is_found_in_the_built_assembly() =>
        AssertFound(ReferenceArrows.Check(Lawless with { Name = "Sonde.Packets" }), "Sonde.Lawless.dll", "may not use Sonde.Host");

    [Fact]
    public void A_friend_that_may_not_reference_the_room_is_found()
    {
        Violation[] found = [.. ReferenceArrows.Check(Lawless with { Name = "Sonde.Packets" })];

        AssertFound(found, "Sonde.Lawless.csproj", "shows its internals to Sonde.Stranger");
        Assert.DoesNotContain(found, static violation => violation.What.Contains("internals to Sonde.Laws.Tests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Sonde.Lawless.csproj", "sets AllowUnsafeBlocks")]
    [InlineData("Sonde.Lawless.dll", "unverifiable code")]
    [InlineData("Sonde.Lawless.dll", "native functions")]
    [InlineData("Wall.ThroughPointer", "has a pointer: Int32*")]
    [InlineData("Wall.Field", "has a pointer: Byte*")]
    [InlineData("Wall.Call", "has a pointer: delegate*")]
    [InlineData("Wall+Holder.Bytes", "is a pointer")]
    [InlineData("Wall.Reinterpret", "Unsafe::As")]
    [InlineData("Wall.First", "MemoryMarshal::GetReference")]
    [InlineData("Wall.Peek", "Marshal::ReadInt32")]
    [InlineData("Wall.Leak", "NativeMemory::Alloc")]
    public void Code_that_belongs_behind_the_wall_is_found(string where, string what) => AssertFound(UnsafeWall.Check(Lawless), where, what);

    [Fact]
    public void A_declaration_by_DllImport_is_found_with_its_line() => AssertFound(UnsafeWall.CheckDeclarations(Lawless), "Wall.cs:9", "DllImport");

    [Theory]
    [InlineData("Backend.IsHere", "OperatingSystem::IsLinux")]
    [InlineData("Backend.Create", "Environment::get_OSVersion")]
    [InlineData("Factory.Open", "RuntimeInformation::IsOSPlatform")]
    public void A_question_for_the_system_in_the_wrong_place_is_found(string where, string what) => AssertFound(SystemQuestions.Check(Lawless), where, what);

    [Fact]
    public void A_question_for_the_system_in_Open_is_right_even_in_a_lambda() =>
        Assert.DoesNotContain(SystemQuestions.Check(Lawless), static violation => violation.Where.Contains("Backend+<>c", StringComparison.Ordinal) || violation.Where.EndsWith("Backend.Open", StringComparison.Ordinal));

    [Theory]
    [InlineData("LinuxBackend", "is public")]
    [InlineData("LinuxBackend", "neither sealed nor an abstract base")]
    [InlineData("LinuxBackend", "stands in no folder")]
    [InlineData("MacOSBackend", "stands in the folder Windows")]
    [InlineData("Wall.getpid", "SupportedOSPlatform")]
    public void A_backend_in_the_open_or_in_the_wrong_folder_is_found(string where, string what) => AssertFound(Backends.Check(Lawless), where, what);

    [Theory]
    [InlineData("Outside.Run", "Process::Start")]
    [InlineData("Outside.Run", "ProcessStartInfo::")]
    [InlineData("Outside.Now", "DateTime::get_Now")]
    [InlineData("Outside.Utc", "DateTimeOffset::get_UtcNow")]
    [InlineData("Outside.Wait", "Thread::Sleep")]
    public void A_forbidden_call_is_found(string where, string what) => AssertFound(ForbiddenCalls.Check(Lawless), where, what);

    [Theory]
    [InlineData("Unfinished.cs:8", "TODO")]
    [InlineData("Unfinished.cs:10", "NotImplementedException")]
    [InlineData("Unfinished.cs:18", "does nothing")]
    [InlineData("Unfinished.cs:26", "does nothing")]
    public void Unfinished_code_is_found_with_its_line(string where, string what) => AssertFound(FinishedSources.Check(Lawless), where, what);

    [Fact]
    public void A_catch_that_says_why_is_no_empty_one() => Assert.Equal(2, FinishedSources.Check(Lawless).Count(static violation => violation.What.Contains("does nothing", StringComparison.Ordinal)));

    [Fact]
    public void A_room_that_is_not_described_is_found()
    {
        string architecture = File.ReadAllText(Repository.PathOf("docs", "architecture.md"));

        AssertFound(NamedRooms.Check(Lawless with { Name = "Sonde.Attic" }, architecture), "Sonde.Lawless.csproj", "not described");
    }

    [Fact]
    public void A_room_is_not_described_by_the_name_of_its_tests() => AssertFound(NamedRooms.Check(Lawless, "See Sonde.Lawless.Tests."), "Sonde.Lawless.csproj", "not described");

    [Fact]
    public void A_public_type_of_a_closed_room_is_found() => AssertFound(PublicSurface.CheckEmpty(Lawless), "Sonde.Lawless", "abstract class Sonde.Lawless.Backend");

    [Fact]
    public void A_member_that_is_not_in_the_baseline_is_found_as_added()
    {
        IReadOnlyList<string> surface = PublicSurface.Dump(Lawless);
        string[] baseline = [.. surface.Where(static line => !line.Contains("IsHere", StringComparison.Ordinal))];

        Violation change = Assert.Single(PublicSurface.Compare("Sonde.Lawless", baseline, surface));

        Assert.Equal("+ public abstract class Sonde.Lawless.Backend  |  public static bool IsHere()", change.What);
    }

    [Fact]
    public void A_member_that_is_only_in_the_baseline_is_found_as_removed()
    {
        IReadOnlyList<string> surface = PublicSurface.Dump(Lawless);

        Violation change = Assert.Single(PublicSurface.Compare("Sonde.Lawless", [.. surface, "public static class Sonde.Lawless.Gone"], surface));

        Assert.Equal("- public static class Sonde.Lawless.Gone", change.What);
    }

    private static void AssertFound(IEnumerable<Violation> violations, string where, string what)
    {
        Violation[] found = [.. violations];
        Assert.True(
            found.Any(violation => violation.Where.EndsWith(where, StringComparison.Ordinal) && violation.What.Contains(what, StringComparison.Ordinal)),
            $"Nothing found at {where} with '{what}'; found:\n{string.Join('\n', found.Select(static one => "  " + one))}");
    }
}
