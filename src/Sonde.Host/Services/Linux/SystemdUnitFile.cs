using Sonde.Interop.Linux.DBus;

namespace Sonde.Host.Services.Linux;

/// <summary>A row of systemd's ListUnitFiles: a file, and whether it is enabled.</summary>
internal readonly record struct SystemdUnitFile(string Path, string State)
{
    /// <summary>The name of the unit that the file defines.</summary>
    internal string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether it is a pattern for units, of which only instances run: "getty@.service".</summary>
    internal bool IsTemplate => Name.Contains("@.", StringComparison.Ordinal);

    /// <summary>Reads an a(ss); never throws.</summary>
    /// <returns>Whether the bytes were whole.</returns>
    internal static bool Parse(DBusReader body, List<SystemdUnitFile> files)
    {
        int end = body.EnterArray(alignment: 8);
        while (!body.IsTorn && body.Position < end)
        {
            body.Align(8);
            string path = body.ReadString();
            string state = body.ReadString();
            if (!body.IsTorn && path.Length > 0)
            {
                files.Add(new SystemdUnitFile(path, state));
            }
        }

        return !body.IsTorn;
    }
}
