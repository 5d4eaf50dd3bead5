namespace Sonde.Interop.Linux.Bpf;

/// <summary>Kinds of types in BTF, the kernel's own description of its structs and functions.</summary>
internal enum BtfKind
{
    Void = 0,
    Int = BpfAbi.BTF_KIND_INT,
    Pointer = BpfAbi.BTF_KIND_PTR,
    Array = BpfAbi.BTF_KIND_ARRAY,
    Struct = BpfAbi.BTF_KIND_STRUCT,
    Union = BpfAbi.BTF_KIND_UNION,
    Enum = BpfAbi.BTF_KIND_ENUM,
    Forward = BpfAbi.BTF_KIND_FWD,
    Typedef = BpfAbi.BTF_KIND_TYPEDEF,
    Volatile = BpfAbi.BTF_KIND_VOLATILE,
    Const = BpfAbi.BTF_KIND_CONST,
    Restrict = BpfAbi.BTF_KIND_RESTRICT,
    Function = BpfAbi.BTF_KIND_FUNC,
    FunctionPrototype = BpfAbi.BTF_KIND_FUNC_PROTO,
    Variable = BpfAbi.BTF_KIND_VAR,
    DataSection = BpfAbi.BTF_KIND_DATASEC,
    Float = BpfAbi.BTF_KIND_FLOAT,
    DeclarationTag = BpfAbi.BTF_KIND_DECL_TAG,
    TypeTag = BpfAbi.BTF_KIND_TYPE_TAG,
    Enum64 = BpfAbi.BTF_KIND_ENUM64,
}

/// <summary>What is wrong with bytes that should be BTF.</summary>
internal enum BtfDefect
{
    None,

    /// <summary>They end before what the header promises.</summary>
    Truncated,

    /// <summary>They do not begin with BTF's magic number in this machine's byte order.</summary>
    NotBtf,

    /// <summary>A kind of type that this version does not know, so that what follows cannot be found.</summary>
    UnknownKind,
}
