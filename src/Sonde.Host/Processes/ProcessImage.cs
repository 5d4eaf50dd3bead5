namespace Sonde.Host.Processes;

/// <summary>The program's file.</summary>
/// <param name="Path">Where it lies, as the process itself would name it; without a mark like " (deleted)".</param>
/// <param name="State">Whether the file that runs is still the one under that path.</param>
/// <param name="NativePath">The path as the kernel names it, where that differs (Windows device paths).</param>
/// <param name="File">Which file it is.</param>
public sealed record ProcessImage(string Path, Reading<ProcessImageState> State, Reading<string> NativePath, Reading<ProcessImageFile> File);
