using System.Text;

namespace Sonde.Cli.Output;

/// <summary>Draws a table that fits a width: a pure function of its cells and that width.</summary>
/// <remarks>
/// Columns that do not fit are left out, the least important first, and named below. Where even the ones that must stay do not fit,
/// every row becomes a block of "HEADING value" lines. A cell may have several lines.
/// </remarks>
internal static class TextTable
{
    private const int Gap = 2;

    // Below this many cells a column says nothing; the table turns into blocks instead.
    private const int NarrowestColumn = 6;

    /// <summary>Draws the table.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">One array of cells a row, as many as there are columns. A cell's lines are separated by '\n'.</param>
    /// <param name="width">The terminal's width in cells; <see cref="int.MaxValue"/> when nobody set one.</param>
    /// <param name="style">How headings and cells are emphasised.</param>
    internal static string Draw(IReadOnlyList<TableColumn> columns, IReadOnlyList<string[]> rows, int width, TextStyle style)
    {
        var text = new StringBuilder();
        Draw(columns, rows, width, style, text, static _ => { });
        return text.ToString();
    }

    /// <summary>Draws the table piece by piece, for one that is long.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">One array of cells a row, on loan until the next one; gone through more than once, so that no table need be held whole.</param>
    /// <param name="width">The terminal's width in cells.</param>
    /// <param name="style">How headings are emphasised.</param>
    /// <param name="text">Where it is drawn.</param>
    /// <param name="onLine">Called after each row; may take what is drawn so far, and clear it.</param>
    internal static void Draw(IReadOnlyList<TableColumn> columns, IEnumerable<string[]> rows, int width, TextStyle style, StringBuilder text, Action<StringBuilder> onLine)
    {
        int[] widths = [.. columns.Select(static column => CellWidth.Of(column.Header))];
        bool[] hasContent = new bool[columns.Count];
        Measure(rows, widths, hasContent);
        List<int> shown = Choose(columns, hasContent, widths, width);

        int total = shown.Sum(at => widths[at]) + (Gap * (shown.Count - 1));
        if (total > width && !TryShrink(shown, widths, width - (Gap * (shown.Count - 1))))
        {
            text.Append(DrawBlocks(columns, rows, width, style));
            onLine(text);
            return;
        }

        DrawLine(text, shown, at => columns[at].Header, columns, widths, style.Heading);
        foreach (string[] row in rows)
        {
            int height = shown.Max(at => 1 + row[at].AsSpan().Count('\n'));
            for (int line = 0; line < height; line++)
            {
                int current = line;
                DrawLine(text, shown, at => LineOf(row[at], current), columns, widths, static cell => cell);
            }

            onLine(text);
        }

        string[] hidden = [.. Enumerable.Range(0, columns.Count).Where(at => !shown.Contains(at) && hasContent[at]).Select(at => columns[at].Header)];
        if (hidden.Length > 0)
        {
            text.Append(style.Faint(CellWidth.Cut($"not shown for lack of width: {string.Join(", ", hidden)}", width))).Append('\n');
        }

        onLine(text);
    }

    private static void Measure(IEnumerable<string[]> rows, int[] widths, bool[] hasContent)
    {
        foreach (string[] row in rows)
        {
            for (int at = 0; at < row.Length; at++)
            {
                if (!row[at].Contains('\n'))
                {
                    string line = SafeText.OneLine(row[at]);
                    widths[at] = Math.Max(widths[at], CellWidth.Of(line));
                    hasContent[at] |= line.Length > 0;
                    continue;
                }

                foreach (string line in LinesOf(row[at]))
                {
                    widths[at] = Math.Max(widths[at], CellWidth.Of(line));
                    hasContent[at] |= line.Length > 0;
                }
            }
        }
    }

    private static string[] LinesOf(string cell) => cell.Contains('\n') ? Array.ConvertAll(cell.Split('\n'), SafeText.OneLine) : [SafeText.OneLine(cell)];

    private static string LineOf(string cell, int line) =>
        cell.Contains('\n') ? LinesOf(cell).ElementAtOrDefault(line) ?? string.Empty
        : line == 0 ? SafeText.OneLine(cell)
        : string.Empty;

    // Empty columns never show; the rest leave by rank until what stays fits, the last of equal rank first.
    private static List<int> Choose(IReadOnlyList<TableColumn> columns, bool[] hasContent, int[] widths, int width)
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Count).Where(at => columns[at].Rank == 0 || hasContent[at])];
        while (shown.Sum(at => widths[at]) + (Gap * (shown.Count - 1)) > width)
        {
            int worst = shown.MaxBy(at => (columns[at].Rank, at));
            if (columns[worst].Rank == 0)
            {
                break;
            }

            shown.Remove(worst);
        }

        return shown;
    }

    // Takes from the widest column until the rest fits.
    private static bool TryShrink(List<int> shown, int[] widths, int room)
    {
        while (shown.Sum(at => widths[at]) > room)
        {
            int widest = shown.MaxBy(at => widths[at]);
            if (widths[widest] <= NarrowestColumn)
            {
                return false;
            }

            widths[widest]--;
        }

        return true;
    }

    private static void DrawLine(
        StringBuilder text,
        List<int> shown,
        Func<int, string> cellOf,
        IReadOnlyList<TableColumn> columns,
        int[] widths,
        Func<string, string> emphasise)
    {
        var line = new StringBuilder();
        foreach (int at in shown)
        {
            if (line.Length > 0)
            {
                line.Append(' ', Gap);
            }

            string cell = CellWidth.Cut(cellOf(at), widths[at]);
            int pad = widths[at] - CellWidth.Of(cell);
            line.Append(' ', columns[at].IsNumber ? pad : 0).Append(cell);

            // Nothing stands behind the last column; one long cell in it would make every line as long.
            if (!columns[at].IsNumber && at != shown[^1])
            {
                line.Append(' ', pad);
            }
        }

        text.Append(emphasise(line.ToString().TrimEnd())).Append('\n');
    }

    private static string DrawBlocks(IReadOnlyList<TableColumn> columns, IEnumerable<string[]> rows, int width, TextStyle style)
    {
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            if (text.Length > 0)
            {
                text.Append('\n');
            }

            for (int at = 0; at < columns.Count; at++)
            {
                foreach (string value in LinesOf(row[at]).Where(static line => line.Length > 0))
                {
                    string heading = columns[at].Header + " ";
                    if (CellWidth.Of(heading) + CellWidth.Of(value) <= width)
                    {
                        text.Append(style.Heading(heading.TrimEnd())).Append(' ').Append(value).Append('\n');
                        continue;
                    }

                    // A value is never lost for lack of width: it goes on, indented, over as many lines as it needs.
                    text.Append(style.Heading(CellWidth.Cut(heading.TrimEnd(), width))).Append('\n');
                    AppendWrapped(text, value, Math.Max(1, width - 1));
                }
            }
        }

        return text.ToString();
    }

    private static void AppendWrapped(StringBuilder text, string value, int width)
    {
        var line = new StringBuilder();
        int used = 0;
        foreach (Rune rune in value.EnumerateRunes())
        {
            string one = rune.ToString();
            int cells = CellWidth.Of(one);
            if (used + cells > width && used > 0)
            {
                text.Append(' ').Append(line).Append('\n');
                line.Clear();
                used = 0;
            }

            line.Append(one);
            used += cells;
        }

        text.Append(' ').Append(line).Append('\n');
    }
}
