namespace Sonde.Interop.MacOS;

// What speaks of processes.
internal static partial class Darwin
{
    // sys/sysctl.h: the ways to the table of processes and to a command line.
    internal const int CTL_KERN = 1;
    internal const int KERN_ARGMAX = 8;
    internal const int KERN_PROC = 14;
    internal const int KERN_PROCARGS2 = 49;
    internal const int KERN_PROC_ALL = 0;
    internal const int KERN_PROC_PID = 1;

    // sys/proc.h.
    internal const byte SIDL = 1;
    internal const byte SRUN = 2;
    internal const byte SSLEEP = 3;
    internal const byte SSTOP = 4;
    internal const byte SZOMB = 5;
    internal const int P_TRACED = 0x800;
    internal const int P_WEXIT = 0x2000;
    internal const int P_TRANSLATED = 0x20000;

    // sys/proc_info.h and its private part.
    internal const int PROC_PIDLISTFDS = 1;
    internal const int PROC_PIDTASKALLINFO = 2;
    internal const int PROC_PIDVNODEPATHINFO = 9;
    internal const int PROC_PIDPATHINFO_MAXSIZE = 4096;
    internal const int PROC_PIDUNIQIDENTIFIERINFO = 17;
    internal const int PROC_PIDARCHINFO = 19;
    internal const int PROC_PIDCOALITIONINFO = 20;
    internal const int PROC_PIDREGIONPATHINFO2 = 22;
    internal const int PROC_PIDLISTFD_SIZE = 8;

    // sys/resource.h.
    internal const int RUSAGE_INFO_V4 = 4;
    internal const int RUSAGE_INFO_V6 = 6;

    // sys/codesign.h and kern/cs_blobs.h.
    internal const uint CS_OPS_STATUS = 0;
    internal const uint CS_OPS_CDHASH = 5;
    internal const uint CS_OPS_ENTITLEMENTS_BLOB = 7;
    internal const uint CS_OPS_IDENTITY = 11;
    internal const uint CS_OPS_TEAMID = 14;
    internal const uint CS_OPS_DER_ENTITLEMENTS_BLOB = 16; // since macOS 12
    internal const uint CS_OPS_VALIDATION_CATEGORY = 17;
    internal const int CS_CDHASH_LEN = 20;
    internal const uint CS_VALID = 0x1;
    internal const uint CS_ADHOC = 0x2;
    internal const uint CS_GET_TASK_ALLOW = 0x4;
    internal const uint CS_INSTALLER = 0x8;
    internal const uint CS_FORCED_LV = 0x10;
    internal const uint CS_INVALID_ALLOWED = 0x20;
    internal const uint CS_HARD = 0x100;
    internal const uint CS_KILL = 0x200;
    internal const uint CS_CHECK_EXPIRATION = 0x400;
    internal const uint CS_RESTRICT = 0x800;
    internal const uint CS_ENFORCEMENT = 0x1000;
    internal const uint CS_REQUIRE_LV = 0x2000;
    internal const uint CS_ENTITLEMENTS_VALIDATED = 0x4000;
    internal const uint CS_NVRAM_UNRESTRICTED = 0x8000;
    internal const uint CS_RUNTIME = 0x10000;
    internal const uint CS_LINKER_SIGNED = 0x20000;
    internal const uint CS_EXEC_SET_HARD = 0x100000;
    internal const uint CS_EXEC_SET_KILL = 0x200000;
    internal const uint CS_EXEC_SET_ENFORCEMENT = 0x400000;
    internal const uint CS_EXEC_INHERIT_SIP = 0x800000;
    internal const uint CS_KILLED = 0x1000000;
    internal const uint CS_NO_UNTRUSTED_HELPERS = 0x2000000; // CS_DYLD_PLATFORM until macOS 12
    internal const uint CS_PLATFORM_BINARY = 0x4000000;
    internal const uint CS_PLATFORM_PATH = 0x8000000;
    internal const uint CS_DEBUGGED = 0x10000000;
    internal const uint CS_SIGNED = 0x20000000;
    internal const uint CS_DEV_CODE = 0x40000000;
    internal const uint CS_DATAVAULT_CONTROLLER = 0x80000000;
    internal const uint CS_VALIDATION_CATEGORY_INVALID = 0;
    internal const uint CS_VALIDATION_CATEGORY_PLATFORM = 1;
    internal const uint CS_VALIDATION_CATEGORY_TESTFLIGHT = 2;
    internal const uint CS_VALIDATION_CATEGORY_DEVELOPMENT = 3;
    internal const uint CS_VALIDATION_CATEGORY_APP_STORE = 4;
    internal const uint CS_VALIDATION_CATEGORY_ENTERPRISE = 5;
    internal const uint CS_VALIDATION_CATEGORY_DEVELOPER_ID = 6;
    internal const uint CS_VALIDATION_CATEGORY_LOCAL_SIGNING = 7;
    internal const uint CS_VALIDATION_CATEGORY_ROSETTA = 8;
    internal const uint CS_VALIDATION_CATEGORY_OOPJIT = 9;
    internal const uint CS_VALIDATION_CATEGORY_NONE = 10;

    // sys/csr.h: what system integrity protection lets pass.
    internal const uint CSR_ALLOW_UNTRUSTED_KEXTS = 0x1;
    internal const uint CSR_ALLOW_UNRESTRICTED_FS = 0x2;
    internal const uint CSR_ALLOW_TASK_FOR_PID = 0x4;
    internal const uint CSR_ALLOW_KERNEL_DEBUGGER = 0x8;
    internal const uint CSR_ALLOW_APPLE_INTERNAL = 0x10;
    internal const uint CSR_ALLOW_UNRESTRICTED_DTRACE = 0x20;
    internal const uint CSR_ALLOW_UNRESTRICTED_NVRAM = 0x40;
    internal const uint CSR_ALLOW_DEVICE_CONFIGURATION = 0x80;
    internal const uint CSR_ALLOW_ANY_RECOVERY_OS = 0x100;
    internal const uint CSR_ALLOW_UNAPPROVED_KEXTS = 0x200;
    internal const uint CSR_ALLOW_EXECUTABLE_POLICY_OVERRIDE = 0x400;
    internal const uint CSR_ALLOW_UNAUTHENTICATED_ROOT = 0x800;
    internal const uint CSR_ALLOW_RESEARCH_GUESTS = 0x1000;

    // mach/task_info.h and mach/kern_return.h.
    internal const uint TASK_AUDIT_TOKEN = 15;
    internal const uint TASK_AUDIT_TOKEN_COUNT = 8;
    internal const int KERN_SUCCESS = 0;

    // sys/errno.h.
    internal const int ESRCH = 3;
    internal const int EIO = 5;
    internal const int ENOTDIR = 20;
    internal const int ERANGE = 34;
}
