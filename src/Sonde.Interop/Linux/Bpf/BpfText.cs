using System.Globalization;
using System.Text;

namespace Sonde.Interop.Linux.Bpf;

/// <summary>Prints programs as the kernel's verifier prints them, so that its log and ours can be laid side by side.</summary>
internal static class BpfText
{
    /// <summary>One line for each instruction, numbered as the verifier numbers them.</summary>
    internal static string Of(ReadOnlySpan<BpfInstruction> code)
    {
        var text = new StringBuilder();
        for (int i = 0; i < code.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i}: ({code[i].Code:x2}) ");
            if (code[i].IsWide && i + 1 < code.Length)
            {
                text.AppendLine(Of(code[i], code[i + 1]));
                i++;
            }
            else
            {
                text.AppendLine(Of(code[i], default));
            }
        }

        return text.ToString();
    }

    /// <summary>One instruction; of a wide one both halves.</summary>
    internal static string Of(BpfInstruction one, BpfInstruction second) => one.Class switch
    {
        BpfAbi.BPF_ALU64 => Arithmetic(one, 'r'),
        BpfAbi.BPF_ALU => Arithmetic(one, 'w'),
        BpfAbi.BPF_LDX => Invariant($"{Register(one.Destination)} = *({Width(one.Code)} *)({Register(one.Source)} {Signed(one.Offset)})"),
        BpfAbi.BPF_STX when (one.Code & 0xE0) == BpfAbi.BPF_ATOMIC && one.Immediate == BpfAbi.BPF_XCHG =>
            Invariant($"{Register(one.Source)} = atomic{((one.Code & 0x18) == BpfAbi.BPF_DW ? "64" : string.Empty)}_xchg(({Width(one.Code)} *)({Register(one.Destination)} {Signed(one.Offset)}), {Register(one.Source)})"),
        BpfAbi.BPF_STX when (one.Code & 0xE0) == BpfAbi.BPF_ATOMIC =>
            Invariant($"lock *({Width(one.Code)} *)({Register(one.Destination)} {Signed(one.Offset)}) += {Register(one.Source)}"),
        BpfAbi.BPF_STX => Invariant($"*({Width(one.Code)} *)({Register(one.Destination)} {Signed(one.Offset)}) = {Register(one.Source)}"),
        BpfAbi.BPF_ST => Invariant($"*({Width(one.Code)} *)({Register(one.Destination)} {Signed(one.Offset)}) = {one.Immediate}"),
        BpfAbi.BPF_LD when one.IsWide => WideLoad(one, second),
        BpfAbi.BPF_JMP => JumpText(one, 'r'),
        BpfAbi.BPF_JMP32 => JumpText(one, 'w'),
        _ => Invariant($"code 0x{one.Code:x2}"),
    };

    private static string Arithmetic(BpfInstruction one, char width)
    {
        string target = Invariant($"{width}{(int)one.Destination}");
        int operation = one.Code & 0xF0;
        if (operation == BpfAbi.BPF_END)
        {
            string order = (one.Code & BpfAbi.BPF_TO_BE) != 0 ? "be" : "le";
            return Invariant($"r{(int)one.Destination} = {order}{one.Immediate} r{(int)one.Destination}");
        }

        if (operation == BpfAbi.BPF_NEG)
        {
            return $"{target} = -{target}";
        }

        string sign = (BpfOperation)operation switch
        {
            BpfOperation.Add => "+=",
            BpfOperation.Subtract => "-=",
            BpfOperation.Multiply => "*=",
            BpfOperation.Divide => "/=",
            BpfOperation.Or => "|=",
            BpfOperation.And => "&=",
            BpfOperation.ShiftLeft => "<<=",
            BpfOperation.ShiftRight => ">>=",
            BpfOperation.Modulo => "%=",
            BpfOperation.Xor => "^=",
            BpfOperation.Move => "=",
            BpfOperation.ShiftRightSigned => "s>>=",
            _ => Invariant($"?{operation:x2}"),
        };
        return Invariant($"{target} {sign} {Operand(one, width)}");
    }

    private static string JumpText(BpfInstruction one, char width)
    {
        int operation = one.Code & 0xF0;
        switch (operation)
        {
            case BpfAbi.BPF_EXIT:
                return "exit";
            case BpfAbi.BPF_CALL:
                return Invariant($"call {HelperName((BpfHelper)one.Immediate)}#{one.Immediate}");
            case BpfAbi.BPF_JA:
                return Invariant($"goto pc{one.Offset:+0;-0;+0}");
        }

        string sign = (BpfCondition)operation switch
        {
            BpfCondition.Equal => "==",
            BpfCondition.NotEqual => "!=",
            BpfCondition.Greater => ">",
            BpfCondition.GreaterOrEqual => ">=",
            BpfCondition.Less => "<",
            BpfCondition.LessOrEqual => "<=",
            BpfCondition.SignedGreater => "s>",
            BpfCondition.SignedGreaterOrEqual => "s>=",
            BpfCondition.SignedLess => "s<",
            BpfCondition.SignedLessOrEqual => "s<=",
            BpfCondition.AnyBit => "&",
            _ => Invariant($"?{operation:x2}"),
        };
        return Invariant($"if {width}{(int)one.Destination} {sign} {Hexadecimal(one, width)} goto pc{one.Offset:+0;-0;+0}");
    }

    private static string WideLoad(BpfInstruction one, BpfInstruction second)
    {
        string target = Register(one.Destination);
        return (byte)one.Source switch
        {
            BpfAbi.BPF_PSEUDO_MAP_FD => Invariant($"{target} = map[fd {one.Immediate}]"),
            BpfAbi.BPF_PSEUDO_MAP_VALUE => Invariant($"{target} = value of map[fd {one.Immediate}] + {second.Immediate}"),
            _ => Invariant($"{target} = 0x{((ulong)(uint)second.Immediate << 32) | (uint)one.Immediate:x}"),
        };
    }

    private static string HelperName(BpfHelper helper) => helper switch
    {
        BpfHelper.RedirectToMap => "bpf_redirect_map",
        BpfHelper.MapLookup => "bpf_map_lookup_elem",
        BpfHelper.MapUpdate => "bpf_map_update_elem",
        BpfHelper.MapDelete => "bpf_map_delete_elem",
        BpfHelper.KernelTimeNanoseconds => "bpf_ktime_get_ns",
        BpfHelper.ProcessorId => "bpf_get_smp_processor_id",
        BpfHelper.CurrentProcessAndThread => "bpf_get_current_pid_tgid",
        BpfHelper.CurrentUserAndGroup => "bpf_get_current_uid_gid",
        BpfHelper.CurrentCommand => "bpf_get_current_comm",
        BpfHelper.LoadSkbBytes => "bpf_skb_load_bytes",
        BpfHelper.CurrentTask => "bpf_get_current_task",
        BpfHelper.SocketCookie => "bpf_get_socket_cookie",
        BpfHelper.SocketUserId => "bpf_get_socket_uid",
        BpfHelper.CurrentCgroupId => "bpf_get_current_cgroup_id",
        BpfHelper.ProbeReadUser => "bpf_probe_read_user",
        BpfHelper.ProbeReadKernel => "bpf_probe_read_kernel",
        BpfHelper.ProbeReadUserString => "bpf_probe_read_user_str",
        BpfHelper.ProbeReadKernelString => "bpf_probe_read_kernel_str",
        BpfHelper.NetworkNamespaceCookie => "bpf_get_netns_cookie",
        BpfHelper.KernelTimeBootNanoseconds => "bpf_ktime_get_boot_ns",
        BpfHelper.SequenceWrite => "bpf_seq_write",
        BpfHelper.SocketCgroupId => "bpf_sk_cgroup_id",
        BpfHelper.RingOutput => "bpf_ringbuf_output",
        BpfHelper.RingReserve => "bpf_ringbuf_reserve",
        BpfHelper.RingSubmit => "bpf_ringbuf_submit",
        BpfHelper.RingDiscard => "bpf_ringbuf_discard",
        BpfHelper.CopyFromUser => "bpf_copy_from_user",
        BpfHelper.CurrentTaskTyped => "bpf_get_current_task_btf",
        BpfHelper.CopyFromUserOfTask => "bpf_copy_from_user_task",
        _ => "helper",
    };

    private static string Operand(BpfInstruction one, char width) => (one.Code & BpfAbi.BPF_X) != 0
        ? Invariant($"{width}{(int)one.Source}")
        : one.Immediate.ToString(CultureInfo.InvariantCulture);

    private static string Hexadecimal(BpfInstruction one, char width) => (one.Code & BpfAbi.BPF_X) != 0
        ? Invariant($"{width}{(int)one.Source}")
        : Invariant($"0x{one.Immediate:x}");

    private static string Width(byte code) => (BpfSize)(code & 0x18) switch
    {
        BpfSize.Byte => "u8",
        BpfSize.Half => "u16",
        BpfSize.Word => "u32",
        _ => "u64",
    };

    private static string Register(BpfRegister register) => Invariant($"r{(int)register}");

    private static string Signed(short offset) => Invariant($"{offset:+0;-0;+0}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
