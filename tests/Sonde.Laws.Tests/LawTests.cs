using System.Text.RegularExpressions;
using Sonde.Laws.Tests.Checks;
using Sonde.Testing;

namespace Sonde.Laws.Tests;

/// <summary>The product keeps the laws of the house (docs/architecture.md).</summary>
public class LawTests
{
    [Fact]
    public void The_rooms_of_the_product_were_found_and_built()
    {
        Assert.Contains(Project.Product, static project => project.Name == "Sonde.Cli" && project.AssemblyName == "sonde");
        Assert.Contains(Project.Product, static project => project.Name == UnsafeWall.Room);
        Assert.All(Project.Product, static project => Assert.True(File.Exists(project.AssemblyPath), $"{project.AssemblyPath} is missing: build Sonde.slnx first."));
    }

    [Fact]
    public void References_point_only_where_the_arrows_point() => AssertNone(Project.Product.SelectMany(ReferenceArrows.Check));

    [Fact]
    public void Native_code_and_pointers_stay_behind_the_wall() =>
        AssertNone(Project.Product.Where(static project => project.Name != UnsafeWall.Room).SelectMany(UnsafeWall.Check));

    [Fact]
    public void The_wall_is_where_it_is_said_to_be()
    {
        // If the one room with unsafe code looked harmless, the check would be blind everywhere.
        Project room = Project.Product.Single(static project => project.Name == UnsafeWall.Room);

        Assert.Contains(UnsafeWall.Check(room), static violation => violation.What.Contains("native functions", StringComparison.Ordinal));
    }

    [Fact]
    public void Native_functions_are_declared_by_LibraryImport() => AssertNone(Project.Product.SelectMany(UnsafeWall.CheckDeclarations));

    [Fact]
    public void Of_the_tests_only_those_of_the_wall_may_use_pointers()
    {
        // Sonde.Testing calls the kernel where no product code does; the native tests look at what only pointers show.
        string[] allowed = ["Sonde.Testing", "Sonde.Interop.Tests"];

        AssertNone(Project.Tests.Where(project => project.AllowsUnsafe && !allowed.Contains(project.Name))
            .Select(static project => new Violation(Project.Relative(project.File), "sets AllowUnsafeBlocks.")));
    }

    [Fact]
    public void Only_Open_and_Create_of_abstract_classes_ask_which_system_this_is() => AssertNone(Project.Product.SelectMany(SystemQuestions.Check));

    [Fact]
    public void Backends_are_hidden_closed_and_in_the_folder_of_their_system() => AssertNone(Project.Product.SelectMany(Backends.Check));

    [Fact]
    public void Nothing_runs_programs_asks_the_wall_clock_or_sleeps() => AssertNone(Project.Product.SelectMany(ForbiddenCalls.Check));

    [Fact]
    public void Sources_are_finished_and_swallow_nothing() => AssertNone(Project.Product.SelectMany(FinishedSources.Check));

    [Fact]
    public void Every_room_is_described_in_the_architecture()
    {
        string architecture = File.ReadAllText(Repository.PathOf("docs", "architecture.md"));

        AssertNone(Project.Product.SelectMany(project => NamedRooms.Check(project, architecture)));
    }

    [Fact]
    public void Every_law_test_is_named_in_the_architecture_and_exists()
    {
        string architecture = File.ReadAllText(Repository.PathOf("docs", "architecture.md"));
        string[] named = [.. Regex.Matches(architecture, @"`LawTests\.(?<name>\w+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(static match => match.Groups["name"].Value)];

        Assert.NotEmpty(named);
        Assert.All(named, static name => Assert.NotNull(typeof(LawTests).GetMethod(name)));
    }

    [Fact]
    public void The_command_and_the_native_floor_show_nothing() =>
        AssertNone(Project.Product.Where(static project => PublicSurface.Closed.Contains(project.Name)).SelectMany(PublicSurface.CheckEmpty));

    public static TheoryData<string> Libraries => [.. Project.Product.Select(static project => project.Name).Except(PublicSurface.Closed)];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void The_public_surface_is_the_agreed_one(string library)
    {
        Project project = Project.Product.Single(one => one.Name == library);
        IReadOnlyList<string> surface = PublicSurface.Dump(project);
        string file = PublicSurface.BaselineOf(project);
        if (Environment.GetEnvironmentVariable(PublicSurface.AcceptVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!); // a path of ours has a folder
            File.WriteAllText(file, string.Concat(surface.Select(static line => line + "\n")));
        }

        string[] baseline = File.Exists(file) ? File.ReadAllLines(file) : [];
        Violation[] changes = [.. PublicSurface.Compare(library, baseline, surface)];
        Assert.True(
            changes.Length == 0,
            $"The public surface of {library} is not what {Project.Relative(file)} says:\n{string.Join('\n', changes.Select(static change => "  " + change.What))}\n"
                + $"If that is meant, accept it and review the file: {PublicSurface.AcceptVariable}=1 ./test unit");
    }

    [Fact]
    public void Every_baseline_belongs_to_a_library()
    {
        IEnumerable<string> files = Directory.EnumerateFiles(Repository.PathOf("api"), "*.txt").Select(static file => Path.GetFileNameWithoutExtension(file));

        Assert.Empty(files.Except(Libraries.Select(static row => row.Data)));
    }

    private static void AssertNone(IEnumerable<Violation> violations)
    {
        Violation[] found = [.. violations];
        Assert.True(found.Length == 0, $"Broken in {found.Length} places:\n{string.Join('\n', found.Select(static one => "  " + one))}");
    }
}
