namespace Sonde.Host.Processes.Events.Tracking;

/// <summary>How much of what was wanted an identity holds.</summary>
internal static class EnrichmentVerdict
{
    /// <summary>Judges an identity by the readings of the fields that were wanted.</summary>
    internal static (ProcessEventEnrichment Enrichment, string? Reason) Of(ProcessIdentity identity, ProcessFields wanted)
    {
        string? reason = null;
        int there = 0;
        int missing = 0;
        Look("program", ProcessFields.Image, identity.Image.Status, identity.Image.Reason);
        Look("arguments", ProcessFields.Arguments, identity.Arguments.Status, identity.Arguments.Reason);
        Look("user", ProcessFields.User, identity.User.Status, identity.User.Reason);
        Look("login", ProcessFields.Login, identity.Login.Status, identity.Login.Reason);
        Look("container", ProcessFields.Containment, identity.Container.Status, identity.Container.Reason);
        Look("capabilities", ProcessFields.Privileges, identity.Capabilities.Status, identity.Capabilities.Reason);
        Look("label", ProcessFields.Label, identity.Label.Status, identity.Label.Reason);
        Look("namespaces", ProcessFields.Namespaces, identity.Namespaces.Status, identity.Namespaces.Reason);
        Look("services", ProcessFields.Services, identity.Services.Status, identity.Services.Reason);
        return missing == 0 ? (ProcessEventEnrichment.Full, null)
            : (there == 0 ? ProcessEventEnrichment.None : ProcessEventEnrichment.Partial, reason);

        // What a system does not have is no lack, and neither is what a process has not.
        void Look(string what, ProcessFields field, ReadingStatus status, string? why)
        {
            if ((wanted & field) == ProcessFields.None)
            {
                return;
            }

            if (status is ReadingStatus.Ok or ReadingStatus.None or ReadingStatus.Unsupported)
            {
                there++;
                return;
            }

            missing++;
            reason ??= $"{what}: {Reading.Describe(status, why)}";
        }
    }
}
