namespace Sonde.Tun;

/// <summary>The kinds of <see cref="TunFullPolicy"/>.</summary>
public enum TunFullAction
{
    /// <summary>Drop what does not fit.</summary>
    Drop = 0,

    /// <summary>Retry busily for a short time, then drop.</summary>
    SpinThenDrop,

    /// <summary>Block for a time, then drop.</summary>
    Wait,
}
