using Sonde.Cli.Commands.Ps;
using Sonde.Cli.Records;
using Sonde.Host;
using Sonde.Host.Processes;
using Sonde.Host.Processes.Events;

namespace Sonde.Cli.Commands.Events;

/// <summary>The fields of an event by the names that filters, JSON and TSV share; those of a process are called as in `sonde ps`.</summary>
internal static class EventFields
{
    private static readonly string[] s_rows =
    [
        "time", "event", "pid", "key", "parent_pid", "parent_name", "name", "user", "command", "exe", "container", "unit", "exit_code", "signal", "run_time", "enrichment", "origin",
        "lost_count", "found_starts", "found_exits", "remark",
    ];

    private static readonly RecordField<ProcessEvent>[] s_common =
    [
        new("event", FieldKind.Text, 0, static one => FieldValue.Of(EventWords.Of(one.Kind)), "kind"),
        new("sequence", FieldKind.Count, 0, static one => FieldValue.Of(one.Sequence), "seq"),
        new("time", FieldKind.Time, 0, static one => FieldValue.Of(one.Time.UtcTicks)),
        new("monotonic", FieldKind.Duration, 0, static one => FieldValue.Of(one.Monotonic.Ticks)),
        new("origin", FieldKind.Text, 0, static one => FieldValue.Of(EventWords.Of(one.Origin))),
        new("lost_before", FieldKind.Count, 0, static one => FieldValue.Of(one.LostBefore)),
    ];

    private static readonly RecordField<ProcessEvent>[] s_process =
    [
        new("pid", FieldKind.Number, 0, static one => FieldValue.Of(one.Pid == 0 ? Reading.None<int>("it is about the stream itself") : one.Pid)),
        new("key", FieldKind.Text, 0, static one => FieldValue.Of(one.Key, static key => FieldValue.Of(PsText.Key(key)))),
        new("key_estimated", FieldKind.Boolean, 0, static one => FieldValue.Of(one.IsKeyEstimated ? 1 : 0)),
        new("name", FieldKind.Text, 0, static one => FieldValue.Of(one.Name), "comm"),
        new("parent_pid", FieldKind.Number, 0, static one => FieldValue.Of(one.ParentPid), "ppid"),
        new("parent_key", FieldKind.Text, 0, static one => FieldValue.Of(one.Parent, static key => FieldValue.Of(PsText.Key(key)))),
        new("parent_name", FieldKind.Text, 0, static one => FieldValue.Of(one.ParentName)),
        new("parent_command", FieldKind.Text, (ulong)ProcessFields.Arguments, static one => FieldValue.Of(one.ParentIdentity.Arguments, static arguments => FieldValue.Of(arguments.Text))),
        new("user", FieldKind.Text, (ulong)ProcessFields.User, static one => FieldValue.Of(one.Identity.User, static user => user.Name.HasValue ? FieldValue.Of(user.Name) : FieldValue.Of(user.Id))),
        new("uid", FieldKind.Number, (ulong)ProcessFields.User, static one => FieldValue.Of(one.Identity.Credentials, static ids => FieldValue.Of(ids.EffectiveUser)), "euid"),
        new("uid_real", FieldKind.Number, (ulong)ProcessFields.User, static one => FieldValue.Of(one.Identity.Credentials, static ids => FieldValue.Of(ids.User)), "ruid"),
        new("gid", FieldKind.Number, (ulong)ProcessFields.User, static one => FieldValue.Of(one.Identity.Credentials, static ids => FieldValue.Of(ids.EffectiveGroup)), "egid"),
        new("command", FieldKind.Text, (ulong)ProcessFields.Arguments, static one => FieldValue.Of(one.Identity.Arguments, static arguments => FieldValue.Of(arguments.Text)), "cmd", "args", "cmdline"),
        new("arguments", FieldKind.List, (ulong)ProcessFields.Arguments, static one => FieldValue.Of(one.Identity.Arguments, static arguments => FieldValue.Of(Reading.Ok(arguments.Values))), "argv"),
        new("arguments_masked", FieldKind.Count, (ulong)ProcessFields.Arguments, static one => FieldValue.Of(one.Identity.Arguments, static arguments => FieldValue.Of(arguments.MaskedCount))),
        new("exe", FieldKind.Text, (ulong)ProcessFields.Image, static one => FieldValue.Of(one.Identity.Image, static image => FieldValue.Of(image.Path)), "image", "path"),
        new("exe_state", FieldKind.Text, (ulong)ProcessFields.Image, static one => FieldValue.Of(one.Identity.Image, static image => FieldValue.Of(image.State, static state => FieldValue.Of(PsWords.Of(state))))),
        new("cgroup", FieldKind.Text, (ulong)ProcessFields.Containment, static one => FieldValue.Of(one.Identity.Cgroup, static cgroup => FieldValue.Of(cgroup.Path))),
        new("container", FieldKind.Text, (ulong)ProcessFields.Containment, static one => FieldValue.Of(one.Identity.Container, static container => FieldValue.Of(PsText.Container(container)))),
        new("container_id", FieldKind.Text, (ulong)ProcessFields.Containment, static one => FieldValue.Of(one.Identity.Container, static container => FieldValue.Of(container.Id))),
        new("pod", FieldKind.Text, (ulong)ProcessFields.Containment, static one => FieldValue.Of(one.Identity.Pod, static pod => FieldValue.Of(pod.Uid))),
        new("unit", FieldKind.Text, (ulong)ProcessFields.Containment, static one => FieldValue.Of(one.Identity.Unit, static unit => FieldValue.Of(unit.Name))),
        new("enrichment", FieldKind.Text, 0, static one => one.Pid == 0 ? FieldValue.Of(Reading.None<string>("it is about the stream itself")) : FieldValue.Of(EventWords.Of(one.Enrichment))),
        new("enrichment_problem", FieldKind.Text, 0, static one => FieldValue.Of(one.EnrichmentReason is { } why ? why : Reading.None<string>("everything could be read"))),
        new("enrichment_lag", FieldKind.Duration, 0, static one => FieldValue.Of(one.EnrichmentLag)),
    ];

    private static readonly RecordField<ProcessEvent>[] s_exit =
    [
        new("exit_code", FieldKind.Number, 0, static one => FieldValue.Of(one.ExitCode), "code"),
        new("signal", FieldKind.Number, 0, static one => FieldValue.Of(one.Signal)),
        new("core_dump", FieldKind.Boolean, 0, static one => FieldValue.Of(one.HasCoreDump)),
        new("run_time", FieldKind.Duration, 0, static one => FieldValue.Of(one.RunTime)),
    ];

    private static readonly RecordField<ProcessEvent>[] s_stream =
    [
        new("lost_count", FieldKind.Count, 0, static one => FieldValue.Of(one.LostCount)),
        new("found_starts", FieldKind.Count, 0, static one => FieldValue.Of(one.FoundStarts)),
        new("found_exits", FieldKind.Count, 0, static one => FieldValue.Of(one.FoundExits)),
        new("remark", FieldKind.Text, 0, static one => FieldValue.Of(one.Reason is { } why ? why : Reading.None<string>("nothing to say"))),
    ];

    private static readonly RecordField<ProcessEvent>[] s_ofProcess = [.. s_common, .. s_process];
    private static readonly RecordField<ProcessEvent>[] s_ofExit = [.. s_common, .. s_process, .. s_exit];
    private static readonly RecordField<ProcessEvent>[] s_ofFoundProcess = [.. s_common, .. s_process, s_stream[^1]];
    private static readonly RecordField<ProcessEvent>[] s_ofFoundExit = [.. s_common, .. s_process, .. s_exit, s_stream[^1]];
    private static readonly RecordField<ProcessEvent>[] s_ofLoss = [.. s_common, s_stream[0], s_stream[^1]];
    private static readonly RecordField<ProcessEvent>[] s_ofResync = [.. s_common, .. s_stream[1..]];

    /// <summary>Every field.</summary>
    internal static RecordFields<ProcessEvent> All { get; } = new([.. s_common, .. s_process, .. s_exit, .. s_stream]);

    /// <summary>What a row of values shows when nobody says otherwise.</summary>
    internal static IReadOnlyList<RecordField<ProcessEvent>> Rows => [.. s_rows.Select(Of)];

    /// <summary>The fields that an event of its kind has: an end has a code, a loss a count, and neither the other's.</summary>
    internal static IReadOnlyList<RecordField<ProcessEvent>> Of(ProcessEvent one) => one.Kind switch
    {
        ProcessEventKind.Lost => s_ofLoss,
        ProcessEventKind.Resynced => s_ofResync,
        ProcessEventKind.Exited => one.Reason is null ? s_ofExit : s_ofFoundExit,
        _ => one.Reason is null ? s_ofProcess : s_ofFoundProcess,
    };

    private static RecordField<ProcessEvent> Of(string name) => All.TryFind(name, out RecordField<ProcessEvent>? field) ? field : throw new ArgumentException($"There is no field '{name}'.", nameof(name));
}
