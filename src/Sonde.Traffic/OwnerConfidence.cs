namespace Sonde.Traffic;

/// <summary>How it is known whose traffic this is, surest first.</summary>
public enum OwnerConfidence
{
    /// <summary>It is not known.</summary>
    None = 0,

    /// <summary>The kernel saw this process use this very socket.</summary>
    Kernel,

    /// <summary>The socket with exactly these endpoints belongs to the process.</summary>
    Exact,

    /// <summary>The process owns the one socket that is bound to this local port for all remote endpoints.</summary>
    Wildcard,

    /// <summary>The process listens on the local port; which of its children or threads took the connection is not known.</summary>
    Listener,
}
