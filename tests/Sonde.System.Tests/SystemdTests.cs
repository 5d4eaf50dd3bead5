using System.Globalization;
using System.Text.Json;

namespace Sonde.System.Tests;

/// <summary>`sonde services` beside systemctl, asking one real systemd.</summary>
public sealed class SystemdTests(SystemdHost host) : IClassFixture<SystemdHost>
{
    [Theory]
    [InlineData("root")]
    [InlineData("nobody")]
    public void Every_unit_has_the_states_and_the_description_that_systemctl_shows(string asker)
    {
        string[] expected = [.. Parse("units").EnumerateArray()
            .Select(static unit => $"{Text(unit, "unit")} {Text(unit, "load")} {Text(unit, "sub")} {Text(unit, "description")}").Order(StringComparer.Ordinal)];

        string[] found = [.. Services(asker).Where(static one => Text(one, "load_state") is not null)
            .Select(static one => $"{Text(one, "name")} {Text(one, "load_state")} {Text(one, "state_name")} {Text(one, "description") ?? Text(one, "name")}").Order(StringComparer.Ordinal)];

        Assert.True(expected.Length > 10, string.Join('\n', expected));
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Every_unit_file_is_listed_with_what_is_enabled_says()
    {
        foreach (JsonElement file in Parse("files").EnumerateArray())
        {
            JsonElement service = Assert.Single(Services("root"), one => Text(one, "name") == Text(file, "unit_file"));
            Assert.Equal(Text(file, "state"), Text(service, "start_name"));
        }
    }

    [Theory]
    [InlineData("root")]
    [InlineData("nobody")]
    public void Process_exit_user_file_and_restarts_are_those_of_systemctl_show(string asker)
    {
        int compared = 0;
        foreach (Dictionary<string, string> shown in Shown())
        {
            JsonElement service = Assert.Single(Services(asker), one => Text(one, "name") == shown["Id"]);
            Assert.Equal(shown["MainPID"] == "0" ? null : shown["MainPID"], service.GetProperty("pid").ValueKind == JsonValueKind.Null ? null : service.GetProperty("pid").GetRawText());
            Assert.Equal(shown["Result"], Text(service, "result"));
            Assert.Equal(shown["User"].Length == 0 ? "root" : shown["User"], Text(service, "user"));
            Assert.Equal(shown["FragmentPath"], Text(service, "path") ?? string.Empty);
            Assert.Equal(shown["NRestarts"], service.GetProperty("restarts").GetRawText());
            Assert.Equal(shown["ExecMainCode"] == "1" ? shown["ExecMainStatus"] : "null", service.GetProperty("exit_code").GetRawText());
            Assert.Equal(shown["ExecMainCode"] == "2" ? shown["ExecMainStatus"] : "null", service.GetProperty("exit_signal").GetRawText());
            compared++;
        }

        Assert.True(compared >= 8, $"only {compared} services were compared");
    }

    [Fact]
    public void Units_of_a_users_own_manager_are_those_that_systemctl_user_shows()
    {
        string[] expected = [.. Parse("user-units").EnumerateArray().Select(static unit => $"{Text(unit, "unit")} {Text(unit, "load")} {Text(unit, "sub")}").Order(StringComparer.Ordinal)];
        JsonElement[] services = Services("user");
        string[] found = [.. services.Where(static one => Text(one, "load_state") is not null)
            .Select(static one => $"{Text(one, "name")} {Text(one, "load_state")} {Text(one, "state_name")}").Order(StringComparer.Ordinal)];

        Assert.Equal(expected, found);
        JsonElement mine = Assert.Single(services, static one => Text(one, "name") == "mine.service");
        Assert.Equal(("running", "sleep", "root"), (Text(mine, "state"), Text(mine, "process"), Text(mine, "user")));
        Assert.Equal("systemd --user", Parse("user").GetProperty("backend").GetString());
    }

    [Fact]
    public void Only_the_fields_that_were_asked_for_are_printed()
    {
        string[] lines = host.Part("user-fields").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("name\tstate\texit_code", lines[0]);
        Assert.Contains("ended.service\tfailed\t4", lines);
        Assert.Contains("mine.service\trunning\t-", lines);
    }

    [Fact]
    public void A_folder_of_another_user_is_not_followed_and_a_missing_one_is_explained()
    {
        Assert.Contains("it belongs to user 0, not to who asks", host.Part("user-foreign"), StringComparison.Ordinal);
        Assert.Contains("this user has no manager of services", host.Part("user-nowhere"), StringComparison.Ordinal);
    }

    [Fact]
    public void Since_is_the_moment_that_systemctl_status_shows()
    {
        foreach (Dictionary<string, string> shown in Shown())
        {
            JsonElement service = Assert.Single(Services("root"), one => Text(one, "name") == shown["Id"]);
            string moment = Text(service, "state") is "running" or "active" ? shown["ActiveEnterTimestamp"] : shown["InactiveEnterTimestamp"];
            if (moment.Length == 0)
            {
                Assert.Equal(JsonValueKind.Null, service.GetProperty("since").ValueKind);
                continue;
            }

            var expected = DateTimeOffset.ParseExact(moment, "ddd yyyy-MM-dd HH:mm:ss.FFFFFF 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
            Assert.Equal(expected, service.GetProperty("since").GetDateTimeOffset());
        }
    }

    [Fact]
    public void States_are_told_in_words_that_other_systems_share()
    {
        Dictionary<string, string?> states = Services("root").ToDictionary(static one => Text(one, "name")!, static one => Text(one, "state"));

        Assert.Equal("running", states["one.service"]);
        Assert.Equal("active", states["two.service"]);
        Assert.Equal("failed", states["bad.service"]);
        Assert.Equal("failed", states["killed.service"]);
        Assert.Equal("active", states["probe.timer"]);
        Assert.Equal("stopped", states["idle.service"]);
        Assert.Null(states["inst@.service"]);
        Assert.Equal("running", states["inst@alpha.service"]);
        Assert.Equal("disabled", Text(Assert.Single(Services("root"), static one => Text(one, "name") == "masked.service"), "start"));
    }

    [Fact]
    public void A_service_is_joined_with_the_name_of_its_process()
    {
        Assert.Equal("sleep", Text(Assert.Single(Services("root"), static one => Text(one, "name") == "one.service"), "process"));
        Assert.Equal("dbus-daemon", Text(Assert.Single(Services("nobody"), static one => Text(one, "name") == "dbus.service"), "process"));
    }

    [Fact]
    public void Who_says_nothing_else_sees_services_that_run_or_failed()
    {
        string[] names = [.. host.Part("default").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => Text(JsonDocument.Parse(line).RootElement, "name")!)];

        Assert.Equal(["bad.service", "dbus.service", "flaky.service", "inst@alpha.service", "killed.service", @"odd\x2dname.service", "one.service", "two.service"], names);
    }

    [Fact]
    public void A_card_shows_the_first_command_without_its_secret()
    {
        string card = host.Part("card");

        Assert.Contains("/bin/sh -c true --password=***", card, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", card, StringComparison.Ordinal);
        Assert.Contains("Runs once and stays", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemds_own_socket_is_for_root_and_the_bus_for_everybody()
    {
        JsonElement[] rungs = [.. Parse("doctor").GetProperty("backends").EnumerateArray().Where(static one => Text(one, "part") == "services")];

        Assert.Equal(["denied", "available", "available"], rungs.Select(static rung => Text(rung, "state")));
        Assert.Equal(["systemd private socket", "systemd D-Bus", "unit files"], rungs.Select(static rung => Text(rung, "backend")));
    }

    private JsonElement Parse(string part) => JsonDocument.Parse(host.Part(part)).RootElement;

    private JsonElement[] Services(string asker) => [.. Parse(asker).GetProperty("services").EnumerateArray()];

    private IEnumerable<Dictionary<string, string>> Shown() => host.Part("show").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
        .Select(static block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal))
        .Where(static shown => shown.ContainsKey("Id"));

    private static string? Text(JsonElement element, string property) => element.GetProperty(property) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
