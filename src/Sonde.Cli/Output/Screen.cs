using System.Globalization;

namespace Sonde.Cli.Output;

/// <summary>What the output looks like to a person: its width, and whether it takes colour and redrawing.</summary>
/// <param name="Width">Cells a line, or <see cref="int.MaxValue"/> when nobody set a limit (a pipe, a file).</param>
/// <param name="Height">Lines, or <see cref="int.MaxValue"/>.</param>
/// <param name="IsTerminal">Whether it is a terminal, which can be drawn over.</param>
/// <param name="Style">How to emphasise.</param>
internal sealed record Screen(int Width, int Height, bool IsTerminal, TextStyle Style)
{
    /// <summary>Looks at this process's output and environment: COLUMNS, NO_COLOR, TERM.</summary>
    internal static Screen Detect()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        int width = int.MaxValue;
        int height = int.MaxValue;
        if (isTerminal)
        {
            // Asked anew at every frame, so that a resized window is noticed.
            width = Console.WindowWidth > 0 ? Console.WindowWidth : 80;
            height = Console.WindowHeight > 0 ? Console.WindowHeight : 24;
        }
        else if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0)
        {
            width = columns;
        }

        bool wantsColour = isTerminal
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Screen(width, height, isTerminal, wantsColour ? TextStyle.Terminal : TextStyle.Plain);
    }
}
