namespace Sonde.Cli.Records;

/// <summary>What kind of value a field holds: how it is compared, sorted and printed.</summary>
internal enum FieldKind
{
    /// <summary>Text.</summary>
    Text = 0,

    /// <summary>A whole number that names something: an id.</summary>
    Number,

    /// <summary>A whole number of bytes.</summary>
    Bytes,

    /// <summary>A whole number that counts something.</summary>
    Count,

    /// <summary>A fraction.</summary>
    Real,

    /// <summary>Yes or no.</summary>
    Boolean,

    /// <summary>A moment.</summary>
    Time,

    /// <summary>How long something took.</summary>
    Duration,

    /// <summary>Several texts.</summary>
    List,
}
