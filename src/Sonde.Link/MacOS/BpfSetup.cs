using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Sonde.Interop;
using Sonde.Interop.MacOS;
using Sonde.Packets;
using Sonde.Packets.Files;

namespace Sonde.Link.MacOS;

/// <summary>Brings a capture device from its opening to its first frame, in the one order that the kernel takes, and keeps what it granted.</summary>
[SupportedOSPlatform("macos")]
internal sealed class BpfSetup
{
    /// <summary>The largest of the two buffers that the kernel is asked for. macOS 11 and 12 grant 512 KiB at most, and say so.</summary>
    internal const int MaxBufferBytes = 16 << 20;

    /// <summary>The size that the kernel takes when it is not asked, and the least that is worth having.</summary>
    internal const int MinBufferBytes = 4096;

    // More than any release grants: an answer beyond it is no answer.
    private const uint MaxBelievedBytes = 64 << 20;

    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromHours(1);

    private readonly BpfDevice _device;
    private readonly FrameDeviceOptions _options;
    private readonly string _name;

    private BpfSetup(BpfDevice device, MacOSInterface link, string name, FrameDeviceOptions options)
    {
        _device = device;
        _name = name;
        _options = options;
        Interface = link;

        // As on a socket of Linux that is bound to one EtherType: it gets no frames of the host itself.
        Wanted = options.EtherType == 0 ? options.Directions : options.Directions & FrameDirections.Inbound;
    }

    internal MacOSInterface Interface { get; }

    internal BpfDevice Device => _device;

    /// <summary>The directions to hand out.</summary>
    internal FrameDirections Wanted { get; }

    /// <summary>How many bytes every read must ask for.</summary>
    internal int BufferBytes { get; private set; }

    internal LinkType LinkType { get; private set; }

    /// <summary>Whether frames come with the extended header, which tells their direction.</summary>
    internal bool IsExtended { get; private set; }

    /// <summary>The direction of all frames, where the kernel shows one only.</summary>
    internal PacketDirection KnownDirection { get; private set; }

    /// <summary>Whether frames of the unwanted direction are to be sorted out here.</summary>
    internal bool SortsDirectionsHere { get; private set; }

    /// <summary>Whether frames are sent with the source address that they have.</summary>
    internal bool KeepsSourceAddress { get; private set; }

    [AllowNull]
    internal MacOSFrameFilter Filter { get; private set; }

    internal bool FiltersInKernel { get; private set; }

    /// <summary>Sets the device up.</summary>
    /// <exception cref="LinkException">The system refused.</exception>
    internal static BpfSetup Run(BpfDevice device, MacOSInterface link, string name, FrameDeviceOptions options)
    {
        var setup = new BpfSetup(device, link, name, options);
        setup.SetDelivery();
        setup.SetDirections();
        setup.Attach();
        setup.SetLinkType();
        setup.SetFilter();
        if (options.Promiscuous)
        {
            setup.SetPromiscuous();
        }

        return setup;
    }

    private void SetDelivery()
    {
        bool atOnce = _options.Mode == FrameMode.Latency || _options.BlockTimeout == TimeSpan.Zero;
        Set(LibSystem.BIOCIMMEDIATE, atOnce ? 1u : 0u, "ioctl(BIOCIMMEDIATE)");

        // Without either, a wait would end only when a buffer is full. A negative time asks for that.
        if (!atOnce && _options.BlockTimeout > TimeSpan.Zero)
        {
            TimeSpan timeout = _options.BlockTimeout < s_longestTimeout ? _options.BlockTimeout : s_longestTimeout;
            if (!_device.TrySetReadTimeout(timeout, out NativeError error))
            {
                throw Refused("ioctl(BIOCSRTIMEOUT)", error);
            }
        }

        // Otherwise the kernel writes the interface's address over the source address of what is sent.
        KeepsSourceAddress = _device.TrySet(LibSystem.BIOCSHDRCMPLT, 1, out _);
    }

    private void SetDirections()
    {
        switch (Wanted)
        {
            case FrameDirections.Inbound:
                Set(LibSystem.BIOCSSEESENT, 0, "ioctl(BIOCSSEESENT)");
                KnownDirection = PacketDirection.Inbound;
                return;

            // Since macOS 14; before, the extended header tells which frames to leave out.
            case FrameDirections.Outbound when _device.TrySet(LibSystem.BIOCSDIRECTION, Darwin.BPF_D_OUT, out _):
                KnownDirection = PacketDirection.Outbound;
                return;
        }

        Set(LibSystem.BIOCSSEESENT, 1, "ioctl(BIOCSSEESENT)");
        if (Wanted == FrameDirections.None)
        {
            return;
        }

        IsExtended = _device.TrySet(LibSystem.BIOCSEXTHDR, 1, out NativeError error);
        SortsDirectionsHere = Wanted == FrameDirections.Outbound;
        if (SortsDirectionsHere && !IsExtended)
        {
            throw new LinkException(
                LinkFailure.NotSupported,
                "ioctl(BIOCSEXTHDR)",
                _name,
                error.Code,
                $"{error}: this system does not tell frames that it sends from those that it receives");
        }
    }

    // The size of the buffers is fixed once there is an interface, and memory for them is taken only then.
    private void Attach()
    {
        // The kernel has two of them, and frames wait in both.
        int most = _options.Mode == FrameMode.Latency ? Darwin.BPF_MAXBUFSIZE : MaxBufferBytes;
        uint size = (uint)Math.Clamp(_options.BufferSize / 2, MinBufferBytes, most);
        while (true)
        {
            uint granted = size;
            string operation = "ioctl(BIOCSBLEN)";
            if (_device.TryExchange(LibSystem.BIOCSBLEN, ref granted, out NativeError error))
            {
                operation = "ioctl(BIOCSETIF)";
                if (_device.TryAttach(Interface.NameBytes, out error))
                {
                    break;
                }

                if (error.Code is not (Darwin.ENOBUFS or Darwin.ENOMEM))
                {
                    throw AttachRefused(error);
                }
            }

            size = Math.Min(size, granted) / 2;
            if (size < MinBufferBytes)
            {
                throw Refused(operation, error);
            }
        }

        BufferBytes = (int)Get(LibSystem.BIOCGBLEN, "ioctl(BIOCGBLEN)", Darwin.BPF_MINBUFSIZE, MaxBelievedBytes);
    }

    private void SetLinkType()
    {
        uint type = Get(LibSystem.BIOCGDLT, "ioctl(BIOCGDLT)", 0, uint.MaxValue);
        if (!BpfLinkTypes.IsRead(type))
        {
            // An interface may speak several; the kernel refuses those that this one does not.
            foreach (uint better in BpfLinkTypes.Preferred)
            {
                if (_device.TrySet(LibSystem.BIOCSDLT, better, out _))
                {
                    type = Get(LibSystem.BIOCGDLT, "ioctl(BIOCGDLT)", 0, uint.MaxValue);
                    break;
                }
            }
        }

        if (!BpfLinkTypes.TryMap(type, out LinkType mapped))
        {
            throw MacOSLinkErrors.NotSupported("ioctl(BIOCGDLT)", _name, $"its frames have link type {type}, which has no number in capture files");
        }

        LinkType = mapped;
        if (_options.EtherType != 0 && LinkType != LinkType.Ethernet)
        {
            throw MacOSLinkErrors.NotSupported("ioctl(BIOCGDLT)", _name, $"its frames have no EtherType: their link type is {LinkType}");
        }
    }

    // Setting a filter forgets what waits, so that no frame that came before it is handed out.
    private void SetFilter()
    {
        Filter = MacOSFrameFilter.Create(_options, LinkType, Wanted == FrameDirections.None);
        NativeError error = default;
        FiltersInKernel = Filter.FitsKernel && _device.TrySetFilter(MacOSFrameFilter.ToKernel(Filter.Program), out error);
        if (!FiltersInKernel && ((error != default && error.Code != Darwin.EINVAL) || !_device.TrySetFilter(MacOSFrameFilter.PassAll, out error)))
        {
            throw Refused("ioctl(BIOCSETF)", error);
        }
    }

    private void SetPromiscuous()
    {
        // Where there are no other stations, nothing is missing.
        if (!_device.TrySet(LibSystem.BIOCPROMISC, 0, out NativeError error)
            && (LinkType == LinkType.Ethernet || error.Code is not (Darwin.EOPNOTSUPP or Darwin.ENOTSUP)))
        {
            throw Refused("ioctl(BIOCPROMISC)", error);
        }
    }

    private void Set(uint request, uint value, string operation)
    {
        if (!_device.TrySet(request, value, out NativeError error))
        {
            throw Refused(operation, error);
        }
    }

    private uint Get(uint request, string operation, uint least, uint most)
    {
        if (!_device.TryGet(request, out uint value, out NativeError error))
        {
            throw Refused(operation, error);
        }

        return value >= least && value <= most
            ? value
            : throw new LinkException(LinkFailure.System, operation, _name, 0, $"the system's answer is {value}, which cannot be");
    }

    // It existed a moment ago. One that still does is of a kind that the kernel shows to nobody, or only as PKTAP.
    private LinkException AttachRefused(NativeError error) =>
        error.Code != Darwin.ENXIO ? Refused("ioctl(BIOCSETIF)", error)
        : MacOSInterface.Find(_name) is null ? new LinkException(LinkFailure.NoSuchInterface, "ioctl(BIOCSETIF)", _name, error.Code, error.ToString())
        : new LinkException(
            LinkFailure.NotSupported,
            "ioctl(BIOCSETIF)",
            _name,
            error.Code,
            $"{error}: the system gives no frames of this interface away");

    private LinkException Refused(string operation, NativeError error) => MacOSLinkErrors.Exception(operation, _name, error);
}
