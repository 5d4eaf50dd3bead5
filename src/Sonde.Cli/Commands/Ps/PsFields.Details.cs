using Sonde.Cli.Records;
using Sonde.Host.Processes;

namespace Sonde.Cli.Commands.Ps;

// Fields of the third tier.
internal static partial class PsFields
{
    /// <summary>What is read on request.</summary>
    private static RecordField<ProcessRecord>[] DetailsFields() =>
    [
        new("cwd", FieldKind.Text, (ulong)ProcessFields.Folders, static process => FieldValue.Of(process.Details.WorkingFolder)),
        new("root", FieldKind.Text, (ulong)ProcessFields.Folders, static process => FieldValue.Of(process.Details.RootFolder)),
        new("environment", FieldKind.List, (ulong)ProcessFields.Environment, static process => FieldValue.Of(process.Details.Environment), "env"),
        new("groups", FieldKind.List, (ulong)ProcessFields.Groups, static process => FieldValue.Of(process.Details.Groups)),
        new("pss_bytes", FieldKind.Bytes, (ulong)ProcessFields.MemoryMap, static process => FieldValue.Of(process.Details.MemoryMap, static map => FieldValue.Of(map.Proportional)), "pss"),
        new("unique_bytes", FieldKind.Bytes, (ulong)ProcessFields.MemoryMap, static process => FieldValue.Of(process.Details.MemoryMap, static map => FieldValue.Of(map.Unique)), "uss"),
        new("swap_pss_bytes", FieldKind.Bytes, (ulong)ProcessFields.MemoryMap, static process => FieldValue.Of(process.Details.MemoryMap, static map => FieldValue.Of(map.ProportionalSwap)), "swap_pss"),
        new("limits", FieldKind.List, (ulong)ProcessFields.Limits, static process => FieldValue.Of(process.Details.Limits, static limits => PsText.Limits(limits))),
        new("io_priority", FieldKind.Text, (ulong)ProcessFields.Scheduling, static process => FieldValue.Of(process.Details.IoPriority)),
        new("page_priority", FieldKind.Number, (ulong)ProcessFields.Scheduling, static process => FieldValue.Of(process.Details.PagePriority)),
        new("affinity", FieldKind.Text, (ulong)ProcessFields.Scheduling, static process => FieldValue.Of(process.Details.Affinity)),
        new("oom_adjustment", FieldKind.Number, (ulong)ProcessFields.OutOfMemory, static process => FieldValue.Of(process.Details.OutOfMemory, static memory => FieldValue.Of(memory.Adjustment)), "oom_score_adj"),
        new("oom_score", FieldKind.Number, (ulong)ProcessFields.OutOfMemory, static process => FieldValue.Of(process.Details.OutOfMemory, static memory => FieldValue.Of(memory.Score))),
        new("exe_owner", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Owner))),
        new("exe_group", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Group))),
        new("exe_mode", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Mode))),
        new("exe_capabilities", FieldKind.List, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Capabilities))),
        new("exe_architecture", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Architecture))),
        new("exe_translated", FieldKind.Boolean, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.IsTranslated))),
        new("exe_product", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Product))),
        new("exe_version", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Version))),
        new("exe_company", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Company))),
        new("exe_description", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.Description))),
        new("exe_original_name", FieldKind.Text, (ulong)ProcessFields.ImageDetails, static process => FieldValue.Of(process.Details.ImageDetails, static details => FieldValue.Of(details.OriginalName))),
        new("uid_map", FieldKind.List, (ulong)ProcessFields.UserMap, static process => FieldValue.Of(process.Details.UserMap)),
        new("gid_map", FieldKind.List, (ulong)ProcessFields.UserMap, static process => FieldValue.Of(process.Details.GroupMap)),
        new("dumpable", FieldKind.Boolean, (ulong)ProcessFields.UserMap, static process => FieldValue.Of(process.Details.IsDumpable)),
        new("secure_bits", FieldKind.Number, (ulong)ProcessFields.UserMap, static process => FieldValue.Of(process.Details.SecureBits)),
        new("signature", FieldKind.Text, (ulong)ProcessFields.Signature, static process => FieldValue.Of(process.Details.Signature, static signature => FieldValue.Of(signature.Status))),
        new("signer", FieldKind.Text, (ulong)ProcessFields.Signature, static process => FieldValue.Of(process.Details.Signature, static signature => FieldValue.Of(signature.Signer))),
        new("signature_kind", FieldKind.Text, (ulong)ProcessFields.Signature, static process => FieldValue.Of(process.Details.Signature, static signature => FieldValue.Of(signature.Kind))),
        new("signature_issuer", FieldKind.Text, (ulong)ProcessFields.Signature, static process => FieldValue.Of(process.Details.Signature, static signature => FieldValue.Of(signature.Issuer))),
        new("signature_time", FieldKind.Time, (ulong)ProcessFields.Signature, static process => FieldValue.Of(process.Details.Signature, static signature => FieldValue.Of(signature.Timestamp, static time => FieldValue.Of(time.UtcTicks)))),
        new("entitlements", FieldKind.List, (ulong)ProcessFields.Entitlements, static process => FieldValue.Of(process.Details.Entitlements, static entitlements => PsText.Pairs(entitlements))),
        new("mitigations", FieldKind.List, (ulong)ProcessFields.Mitigations, static process => FieldValue.Of(process.Details.Mitigations)),
        new("gdi_objects", FieldKind.Count, (ulong)ProcessFields.GuiObjects, static process => FieldValue.Of(process.Details.GdiObjects)),
        new("user_objects", FieldKind.Count, (ulong)ProcessFields.GuiObjects, static process => FieldValue.Of(process.Details.UserObjects)),
    ];
}
