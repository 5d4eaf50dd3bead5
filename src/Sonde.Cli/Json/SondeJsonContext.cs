using System.Text.Json.Serialization;

namespace Sonde.Cli.Json;

/// <summary>Serializers made at build time: no reflection at run time, so trimming and start-up stay cheap.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(InterfacesJson))]
[JsonSerializable(typeof(InterfaceJson))]
[JsonSerializable(typeof(GapJson))]
[JsonSerializable(typeof(ResolversJson))]
[JsonSerializable(typeof(ResolversJson.ServerJson))]
[JsonSerializable(typeof(ResolversJson.DomainJson))]
[JsonSerializable(typeof(ResolversJson.SourceJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(DoctorJson.BackendJson))]
[JsonSerializable(typeof(TunJson))]
[JsonSerializable(typeof(TunJson.TunDeviceJson))]
[JsonSerializable(typeof(TunJson.ChangeJson))]
[JsonSerializable(typeof(TunJson.RunJson))]
internal sealed partial class SondeJsonContext : JsonSerializerContext;
