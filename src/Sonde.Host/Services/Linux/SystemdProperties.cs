using Sonde.Interop.Linux.DBus;

namespace Sonde.Host.Services.Linux;

/// <summary>What systemd tells of one service beyond its row in the list: properties of its interfaces Unit and Service.</summary>
internal sealed class SystemdProperties
{
    private const int MaxArguments = 4096;

    internal string FragmentPath { get; private set; } = string.Empty;

    internal string SourcePath { get; private set; } = string.Empty;

    internal string UnitFileState { get; private set; } = string.Empty;

    internal ulong ActiveEnter { get; private set; }

    internal ulong ActiveExit { get; private set; }

    internal ulong InactiveEnter { get; private set; }

    internal ulong InactiveExit { get; private set; }

    internal uint MainProcess { get; private set; }

    /// <summary>When the main process ended, in microseconds since 1970; 0 when it has not.</summary>
    internal ulong ExitTime { get; private set; }

    /// <summary>How the main process ended: CLD_EXITED, CLD_KILLED or CLD_DUMPED of waitid(2).</summary>
    internal int ExitKind { get; private set; }

    /// <summary>The code or the signal.</summary>
    internal int ExitStatus { get; private set; }

    internal string Result { get; private set; } = string.Empty;

    internal string User { get; private set; } = string.Empty;

    internal bool HasDynamicUser { get; private set; }

    internal uint Restarts { get; private set; }

    /// <summary>The arguments of its first command; empty when it has none.</summary>
    internal IReadOnlyList<string> Command { get; private set; } = [];

    /// <summary>Reads the answer to GetAll, an a{sv}, into what was read before; never throws.</summary>
    /// <returns>Whether the bytes were whole.</returns>
    internal bool Read(DBusReader body)
    {
        int end = body.EnterArray(alignment: 8);
        while (!body.IsTorn && body.Position < end)
        {
            body.Align(8);
            string property = body.ReadString();
            string signature = body.ReadSignature();
            if (!TryReadText(ref body, property, signature) && !TryReadNumber(ref body, property, signature))
            {
                if (property == "ExecStart" && signature == "a(sasbttttuii)")
                {
                    ReadCommands(ref body);
                }
                else
                {
                    body.Skip(signature);
                }
            }
        }

        return !body.IsTorn;
    }

    private bool TryReadText(ref DBusReader body, string property, string signature)
    {
        if (signature != "s")
        {
            return false;
        }

        switch (property)
        {
            case "FragmentPath":
                FragmentPath = body.ReadString();
                return true;
            case "SourcePath":
                SourcePath = body.ReadString();
                return true;
            case "UnitFileState":
                UnitFileState = body.ReadString();
                return true;
            case "Result":
                Result = body.ReadString();
                return true;
            case "User":
                User = body.ReadString();
                return true;
            default:
                return false;
        }
    }

    private bool TryReadNumber(ref DBusReader body, string property, string signature)
    {
        switch (property, signature)
        {
            case ("ActiveEnterTimestamp", "t"):
                ActiveEnter = body.ReadUInt64();
                return true;
            case ("ActiveExitTimestamp", "t"):
                ActiveExit = body.ReadUInt64();
                return true;
            case ("InactiveEnterTimestamp", "t"):
                InactiveEnter = body.ReadUInt64();
                return true;
            case ("InactiveExitTimestamp", "t"):
                InactiveExit = body.ReadUInt64();
                return true;
            case ("ExecMainExitTimestamp", "t"):
                ExitTime = body.ReadUInt64();
                return true;
            case ("MainPID", "u"):
                MainProcess = body.ReadUInt32();
                return true;
            case ("NRestarts", "u"):
                Restarts = body.ReadUInt32();
                return true;
            case ("ExecMainCode", "i"):
                ExitKind = body.ReadInt32();
                return true;
            case ("ExecMainStatus", "i"):
                ExitStatus = body.ReadInt32();
                return true;
            case ("DynamicUser", "b"):
                HasDynamicUser = body.ReadInt32() != 0;
                return true;
            default:
                return false;
        }
    }

    // A oneshot service may have several; the first is what people know it by.
    private void ReadCommands(ref DBusReader body)
    {
        int end = body.EnterArray(alignment: 8);
        bool isFirst = true;
        while (!body.IsTorn && body.Position < end)
        {
            body.Align(8);
            _ = body.ReadString(); // the program; the arguments begin with it
            int argumentsEnd = body.EnterArray(alignment: 4);
            var arguments = new List<string>();
            while (!body.IsTorn && body.Position < argumentsEnd)
            {
                string argument = body.ReadString();
                if (!body.IsTorn && arguments.Count < MaxArguments)
                {
                    arguments.Add(argument);
                }
            }

            body.Skip("b");
            body.Skip("t");
            body.Skip("t");
            body.Skip("t");
            body.Skip("t");
            body.Skip("u");
            body.Skip("i");
            body.Skip("i");
            if (isFirst && !body.IsTorn)
            {
                Command = arguments;
                isFirst = false;
            }
        }
    }
}
