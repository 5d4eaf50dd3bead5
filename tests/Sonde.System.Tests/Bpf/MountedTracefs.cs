using Sonde.Testing;

namespace Sonde.System.Tests.Bpf;

/// <summary>tracefs, mounted in a folder of its own for one test and taken away again.</summary>
internal sealed class MountedTracefs : IDisposable
{
    internal MountedTracefs()
    {
        Root = Directory.CreateTempSubdirectory("sonde-tracefs-").FullName;
        ProgramResult mounted = ChildProcess.Shell($"mount -t tracefs none '{Root}'");
        if (mounted.ExitCode != 0)
        {
            Directory.Delete(Root);
            Assert.Skip(mounted.Error);
        }
    }

    internal string Root { get; }

    public void Dispose()
    {
        ChildProcess.MustShell($"umount '{Root}'");
        Directory.Delete(Root);
    }
}
