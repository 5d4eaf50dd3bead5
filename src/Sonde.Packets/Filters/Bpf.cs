namespace Sonde.Packets.Filters;

/// <summary>The codes of classic BPF (bpf(4), linux/bpf_common.h) and of Linux's ancillary loads (linux/filter.h).</summary>
internal static class Bpf
{
    internal const int Ld = 0x00;
    internal const int Ldx = 0x01;
    internal const int St = 0x02;
    internal const int Stx = 0x03;
    internal const int Alu = 0x04;
    internal const int Jmp = 0x05;
    internal const int Ret = 0x06;
    internal const int Misc = 0x07;

    internal const int W = 0x00;
    internal const int H = 0x08;
    internal const int B = 0x10;

    internal const int Imm = 0x00;
    internal const int Abs = 0x20;
    internal const int Ind = 0x40;
    internal const int Mem = 0x60;
    internal const int Len = 0x80;
    internal const int Msh = 0xA0;

    internal const int Add = 0x00;
    internal const int Sub = 0x10;
    internal const int Mul = 0x20;
    internal const int Div = 0x30;
    internal const int Or = 0x40;
    internal const int And = 0x50;
    internal const int Lsh = 0x60;
    internal const int Rsh = 0x70;
    internal const int Neg = 0x80;
    internal const int Mod = 0x90;
    internal const int Xor = 0xA0;

    internal const int Ja = 0x00;
    internal const int Jeq = 0x10;
    internal const int Jgt = 0x20;
    internal const int Jge = 0x30;
    internal const int Jset = 0x40;

    internal const int X = 0x08;
    internal const int A = 0x10;
    internal const int Tax = 0x00;
    internal const int Txa = 0x80;

    /// <summary>How many words of scratch memory a program has.</summary>
    internal const int MemoryWords = 16;

    /// <summary>Loads at and above this offset read what the kernel knows about the packet, not its bytes (SKF_AD_OFF).</summary>
    internal const uint Ancillary = 0xFFFFF000;

    internal const uint PacketType = Ancillary + 4;
    internal const uint InterfaceIndex = Ancillary + 8;
    internal const uint VlanTag = Ancillary + 44;
    internal const uint VlanTagPresent = Ancillary + 48;
    internal const uint VlanTpid = Ancillary + 60;

    internal static int Class(int code) => code & 0x07;

    internal static int Mode(int code) => code & 0xE0;

    internal static int Size(int code) => code & 0x18;

    internal static int Operation(int code) => code & 0xF0;

    internal static int Source(int code) => code & 0x08;
}
