namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>What a reading of the table showed.</summary>
internal struct ComparisonResult
{
    /// <summary>Starts that were told.</summary>
    internal int Starts;

    /// <summary>Ends that were told.</summary>
    internal int Ends;

    /// <summary>Executions that were told.</summary>
    internal int Executions;

    /// <summary>Differences that the next reading must show too.</summary>
    internal int Suspects;
}
