namespace Sonde.Host;

/// <summary>Why a <see cref="Reading{T}"/> holds a value, or why it does not.</summary>
public enum ReadingStatus
{
    /// <summary>Nobody asked for it.</summary>
    NotCollected = 0,

    /// <summary>The system gave the value.</summary>
    Ok,

    /// <summary>The system answered, and its answer is that there is none.</summary>
    None,

    /// <summary>The system has it and does not show it to this process.</summary>
    Denied,

    /// <summary>The object vanished while it was read.</summary>
    Gone,

    /// <summary>This system, kernel or driver does not have such a thing.</summary>
    Unsupported,

    /// <summary>The system failed to answer; the reason is its own words.</summary>
    Failed,
}
