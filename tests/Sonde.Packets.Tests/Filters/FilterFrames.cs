using System.Buffers.Binary;
using Sonde.Testing;

namespace Sonde.Packets.Tests.Filters;

/// <summary>Frames made by hand, cut short and damaged with a fixed seed; and those of real captures where a copy of them is at hand.</summary>
internal static class FilterFrames
{
    internal static List<byte[]> All()
    {
        string[] links =
        [
            "", "02000000", "0A000000", "00000002", "0000000A",
            "001122334455FFFFFFFFFFFF", "FFFFFFFFFFFF001122334455",
        ];
        string[] types = ["0800", "86DD", "0806", "8035", "8847", "8864", "8863", "002A", "81000005", "81000005" + "0800", "88A80001" + "81000002" + "0800"];
        string[] payloads =
        [
            "4500003C1C4640004006B1E6" + "0A000001" + "0A000002" + "1F900050" + "0000000100000002" + "50120000" + "00000000" + "47455420",
            "4500003C1C4640004011B1E6" + "01020304" + "C0A80001" + "00350035" + "00200000" + "0102030405060708",
            "4700003C1C4640004001B1E6" + "0A0A0A01" + "E0000001" + "0102030405060708" + "08000000",
            "4500003C1C4620054006B1E6" + "0A000001" + "0A000002" + "1F900050",
            "4500003C1C4620004006B1E6" + "0A000001" + "0A000002" + "00500050" + "0000000100000002" + "50020000",
            "4500003C1C4620004011B1E6" + "0A000001" + "0A000002" + "00350035" + "0020000001020304",
            "60000000" + "00203AFF" + "FE800000000000000000000000000001" + "FF020000000000000000000000000001" + "80000000",
            "60000000" + "00200640" + "20010DB8000000000000000000000001" + "FE800000000000000000000000000001" + "005001BB" + "00000000",
            "60000000" + "00202C40" + "20010DB8000000000000000000000001" + "FE800000000000000000000000000001" + "11000000" + "00350035",
            "0001080006040001" + "001122334455" + "0A000001" + "000000000000" + "0A000002",
            "000640404500003C1C4640004006B1E6" + "01020304" + "0A000002" + "1F900050",
            "00064140450000141C4640004011B1E60102030405060708",
            "11000005000A0021" + "4500003C1C4640004006B1E6" + "0A000001" + "0A000002" + "00500050" + "0000000000000000",
            "AAAA03000000" + "0800" + "4500003C", "AAAA03080007809B", "E0E003", "FFFF00", "FEFE0383", "424203", "F0F003",
            "FEFE03831B010006" + "0F0100", "FEFE0383080100001A0100", "FEFE038308010000110100", "FEFE03831B0100001B0100", "FEFE0383" + "1B010000" + "140100",
            "424201", "424205", "4242E3", "424263", "4242AF",
        ];
        List<byte[]> frames = [[]];
        foreach (string link in links)
        {
            foreach (string type in link.Length == 24 ? types : [""])
            {
                foreach (string payload in payloads)
                {
                    frames.Add(Convert.FromHexString(link + type + payload));
                }
            }
        }

        foreach (string payload in payloads)
        {
            frames.Add(Convert.FromHexString("00000001000600112233445500000800" + payload));
            frames.Add(Convert.FromHexString("0004000100060011223344550000" + "86DD" + payload));
            frames.Add(Convert.FromHexString("0800" + "0000" + "00000003" + "0001" + "04" + "06" + "0011223344550000" + payload));
        }

        frames.AddRange(Geneve());
        frames.AddRange(Captured());
        Random random = new(20240607);
        int whole = frames.Count;
        for (int made = 0; made < 1500; made++)
        {
            byte[] frame = (byte[])frames[random.Next(whole)].Clone();
            for (int changes = random.Next(3); changes > 0 && frame.Length > 0; changes--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            frames.Add(frame[..random.Next(frame.Length + 1)]);
        }

        return frames;
    }

    // Of each kind of outer packet one with an Ethernet frame within, one with options, and one whose packet stands there at once.
    private static IEnumerable<byte[]> Geneve()
    {
        const string Mac = "001122334455FFFFFFFFFFFF";
        string tcp = "4500002800004000" + "4006" + "0000" + "0A000001" + "01020304" + "00350050" + "0000000100000002" + "50100000" + "00000000";
        string udp = "4500002000004000" + "4011" + "0000" + "0A000001" + "0A000002" + "00350035" + "000C0000" + "00808000";
        string[] inner =
        [
            "00006558" + "00000500" + Mac + "0800" + tcp, "00006558" + "00000700" + Mac + "0800" + udp, "02006558" + "00000500" + "0102030405060708" + Mac + "0800" + tcp,
            "00000800" + "00000500" + tcp, "01000800" + "00000100" + "01020304" + udp, "00006558" + "00000500" + Mac + "81000005" + "0800" + udp,
            "00006558" + "00000500" + Mac + "0026" + "FEFE038300000000180000", "00006558" + "00000500" + Mac + "0026" + "424203",
            "000086DD" + "00000500" + "60000000" + "00203A40" + "20010DB8000000000000000000000001" + "00000000000000000000000000000001" + "80000000",
            "40006558" + "00000500" + Mac + "0800" + tcp, "00008847" + "00000500" + "00005140" + tcp,
        ];
        string[] outer =
        [
            "4500009C0000400040110000" + "0A000001" + "0A000002", "4600009C0000400040110000" + "0A000001" + "0A000002" + "01010101",
            "60000000" + "00801140" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000000002",
        ];
        string[] links = [Mac + "0800", Mac + "86DD", Mac + "81000005" + "0800", "00000001000600112233445500000800", "02000000", "0A000000", "08000000000000030001040600112233445500" + "00"];
        foreach (string link in links)
        {
            foreach (string packet in outer)
            {
                foreach (string within in inner)
                {
                    yield return Convert.FromHexString(link + packet + "C00017C1" + "00800000" + within);
                }
            }
        }
    }

    // The first frames of each capture, as bytes: which link type they have does not matter for equal verdicts.
    private static List<byte[]> Captured()
    {
        string folder = Environment.GetEnvironmentVariable("SONDE_FIXTURES") ?? Path.Combine(Repository.Root, "..", "shared", "fixtures");
        folder = Path.Combine(folder, "tcpdump");
        List<byte[]> frames = [];
        if (!Directory.Exists(folder))
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"No captures at {folder} (SONDE_FIXTURES): handmade frames only.");
            return frames;
        }

        foreach (string path in Directory.EnumerateFiles(folder, "*.pcap").Order())
        {
            byte[] file = File.ReadAllBytes(path);
            bool little = file.Length >= 24 && file[0] is 0xD4 or 0x4D;
            int at = 24;
            for (int count = 0; count < 6 && at + 16 <= file.Length; count++)
            {
                ReadOnlySpan<byte> field = file.AsSpan(at + 8, 4);
                uint length = little ? BinaryPrimitives.ReadUInt32LittleEndian(field) : BinaryPrimitives.ReadUInt32BigEndian(field);
                at += 16;
                if (length > file.Length - at)
                {
                    break;
                }

                frames.Add(file.AsSpan(at, (int)length).ToArray());
                at += (int)length;
            }
        }

        return frames;
    }
}
