using Sonde.Host.Services.Linux;

namespace Sonde.Host.Tests.Services;

public sealed class UnitFolderTests
{
    [Fact]
    public void What_the_bound_leaves_out_is_counted_and_the_same_unit_in_a_second_folder_is_not()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("sonde-units-");
        try
        {
            string first = Folder(root, "first", "a.service", "b.service", "notes.txt");
            string second = Folder(root, "second", "a.service", "c.service", "d.timer");
            string links = Folder(root, "second/some.wants", "a.service", "b.service", "c.service");

            UnitFolder found = UnitFolder.Read([first, second], most: 2);

            Assert.Equal([Path.Combine(first, "a.service"), Path.Combine(first, "b.service")], found.Paths.Values.Order(StringComparer.Ordinal));
            Assert.Equal(2, Directory.GetFiles(links).Count(link => found.IsWanted(Path.GetFileName(link))));
            Assert.Equal(new Gap("unit files", ReadingStatus.Failed, "more than the bound allows: they were left out", 3), Assert.Single(found.Gaps));
            Assert.Empty(UnitFolder.Read([first, second]).Gaps);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static string Folder(DirectoryInfo root, string name, params string[] files)
    {
        string path = root.CreateSubdirectory(name).FullName;
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(path, file), string.Empty);
        }

        return path;
    }
}
