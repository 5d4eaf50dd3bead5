using Sonde.Interop.Linux.DBus;

namespace Sonde.Host.Services.Linux;

/// <summary>A row of systemd's ListUnits (org.freedesktop.systemd1(5)).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">Its description; the name when the unit has none.</param>
/// <param name="LoadState">Whether its file could be read.</param>
/// <param name="ActiveState">The general word for its state.</param>
/// <param name="SubState">The word of its kind for the same.</param>
/// <param name="Path">The object that stands for it on the bus.</param>
internal readonly record struct SystemdUnit(string Name, string Description, string LoadState, string ActiveState, string SubState, string Path)
{
    /// <summary>Reads an a(ssssssouso); never throws.</summary>
    /// <returns>Whether the bytes were whole.</returns>
    internal static bool Parse(DBusReader body, List<SystemdUnit> units)
    {
        int end = body.EnterArray(alignment: 8);
        while (!body.IsTorn && body.Position < end)
        {
            body.Align(8);
            string name = body.ReadString();
            string description = body.ReadString();
            string load = body.ReadString();
            string active = body.ReadString();
            string sub = body.ReadString();
            _ = body.ReadString(); // the unit it follows
            string path = body.ReadString();
            _ = body.ReadUInt32(); // the job that is queued for it, its kind and its object
            _ = body.ReadString();
            _ = body.ReadString();
            if (!body.IsTorn && name.Length > 0)
            {
                units.Add(new SystemdUnit(name, description, load, active, sub, path));
            }
        }

        return !body.IsTorn;
    }
}
