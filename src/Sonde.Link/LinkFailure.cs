namespace Sonde.Link;

/// <summary>What kind of refusal a <see cref="LinkException"/> reports: the part of it to branch on.</summary>
public enum LinkFailure
{
    /// <summary>The system failed in a way of its own; see the native error.</summary>
    System = 0,

    /// <summary>This process lacks a right.</summary>
    AccessDenied,

    /// <summary>There is no interface of that name.</summary>
    NoSuchInterface,

    /// <summary>The interface is down.</summary>
    InterfaceDown,

    /// <summary>The interface was removed while the device was open.</summary>
    InterfaceGone,

    /// <summary>A frame is longer than the interface takes.</summary>
    FrameTooLong,

    /// <summary>This system or this interface does not offer what was asked for.</summary>
    NotSupported,

    /// <summary>A driver or a library that frames need is not installed.</summary>
    BackendMissing,

    /// <summary>Somebody else uses what only one can use.</summary>
    Busy,
}
