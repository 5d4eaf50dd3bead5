namespace Sonde.Link;

/// <summary>The system refused frames in or out: what was tried, on which interface, and its own error.</summary>
public sealed class LinkException : IOException
{
    /// <summary>Makes an exception out of the facts.</summary>
    /// <param name="failure">What to branch on.</param>
    /// <param name="operation">The call that was refused: "socket(AF_PACKET)".</param>
    /// <param name="interfaceName">The interface, or null when it was about none.</param>
    /// <param name="nativeError">The system's number, 0 when there is none.</param>
    /// <param name="reason">The system's words.</param>
    /// <param name="inner">What was thrown below, if anything.</param>
    public LinkException(LinkFailure failure, string operation, string? interfaceName, int nativeError, string reason, Exception? inner = null)
        : base(interfaceName is null ? $"{operation}: {reason}" : $"{operation} on {interfaceName}: {reason}", inner)
    {
        Failure = failure;
        Operation = operation;
        InterfaceName = interfaceName;
        NativeError = nativeError;
        Reason = reason;
    }

    /// <summary>What kind of refusal this is.</summary>
    public LinkFailure Failure { get; }

    /// <summary>The call that was refused.</summary>
    public string Operation { get; }

    /// <summary>The interface, or null when it was about none.</summary>
    public string? InterfaceName { get; }

    /// <summary>The system's own error number (errno, or a Win32 error), 0 when there is none.</summary>
    public int NativeError { get; }

    /// <summary>Why, in the system's words.</summary>
    public string Reason { get; }
}
