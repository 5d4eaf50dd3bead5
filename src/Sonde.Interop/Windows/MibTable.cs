using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Sonde.Interop.Windows;

/// <summary>A table that an IP Helper function allocated: a count, then rows.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class MibTable : SafeHandle
{
    // All tables read here hold rows with 64-bit members, so the rows begin at the next multiple of 8 (MIB_IF_TABLE2.Table and others).
    private const int FirstRow = 8;

    public MibTable()
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The rows, valid until this is disposed.</summary>
    internal ReadOnlySpan<TRow> Rows<TRow>()
        where TRow : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        if (IsInvalid)
        {
            return default;
        }

        // SAFETY: the system allocated a table of NumEntries rows of this type, and frees it only when this handle is released.
        uint count = *(uint*)handle;
        return new ReadOnlySpan<TRow>((byte*)handle + FirstRow, checked((int)count));
    }

    protected override bool ReleaseHandle()
    {
        IpHlpApi.FreeMibTable((void*)handle);
        return true;
    }
}
