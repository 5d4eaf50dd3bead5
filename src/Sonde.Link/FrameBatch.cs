namespace Sonde.Link;

/// <summary>The frames that a device has ready, to be looked at once, in the order they came.</summary>
/// <remarks>
/// Made for <see langword="foreach"/>, which allocates nothing here. Whoever leaves the loop early loses nothing: the next
/// <see cref="FrameDevice.Receive"/> goes on behind the last frame looked at.
/// </remarks>
public readonly ref struct FrameBatch
{
    private readonly FrameDevice _device;

    internal FrameBatch(FrameDevice device) => _device = device;

    /// <summary>Begins the loop; frames of an earlier loop are given back.</summary>
    /// <exception cref="InvalidOperationException">Another loop over frames of this device has not ended.</exception>
    public Enumerator GetEnumerator() => new(_device, _device.TryBeginBatch());

    /// <summary>The position in a batch.</summary>
    public ref struct Enumerator
    {
        private readonly FrameDevice _device;
        private readonly bool _begun;
        private Frame _current;

        internal Enumerator(FrameDevice device, bool begun)
        {
            _device = device;
            _begun = begun;
            _current = default;
        }

        /// <summary>The frame at this position.</summary>
        public readonly Frame Current => _current;

        /// <summary>Takes the next frame, if one is ready.</summary>
        /// <exception cref="LinkException">The interface is gone, or the system failed.</exception>
        public bool MoveNext() => _begun && _device.TryTakeNext(out _current);

        /// <summary>Ends the loop.</summary>
        public readonly void Dispose()
        {
            if (_begun)
            {
                _device.EndReceive();
            }
        }
    }
}
