namespace Sonde.Cli.Output;

/// <summary>The forms in which a command prints what it found.</summary>
internal enum OutputFormat
{
    /// <summary>For a person: fits the terminal, may change between versions.</summary>
    Pretty = 0,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    Ndjson,

    /// <summary>A header line, then tab-separated values; tabs, line ends and backslashes in values are escaped.</summary>
    Tsv,
}
