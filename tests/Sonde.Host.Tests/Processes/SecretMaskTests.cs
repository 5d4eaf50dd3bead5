using System.Diagnostics;
using Sonde.Host.Processes.Redaction;

namespace Sonde.Host.Tests.Processes;

public class SecretMaskTests
{
    [Theory]
    // Long options and settings with a telling name.
    [InlineData("app --password=hunter2 x", "app --password=*** x")]
    [InlineData("app --password hunter2 x", "app --password *** x")]
    [InlineData("app -password hunter2", "app -password ***")]
    [InlineData("app --db-password=a", "app --db-password=***")]
    [InlineData("app --clientSecret abc", "app --clientSecret ***")]
    [InlineData("app --api-key abc --verbose", "app --api-key *** --verbose")]
    [InlineData("app --token -x9Gh", "app --token ***")]
    [InlineData("java -Djavax.net.ssl.keyStorePassword=changeit -jar a.jar", "java -Djavax.net.ssl.keyStorePassword=*** -jar a.jar")]
    [InlineData("env PGPASSWORD=abc psql", "env PGPASSWORD=*** psql")]
    [InlineData("docker run -e AWS_SECRET_ACCESS_KEY=abc/def img", "docker run -e AWS_SECRET_ACCESS_KEY=*** img")]
    [InlineData("app /password:geheim", "app /password:***")]
    // Programs with short options.
    [InlineData("mysql -phunter2 -u root db", "mysql -p*** -u root db")]
    [InlineData("/usr/bin/mysqldump -phunter2", "/usr/bin/mysqldump -p***")]
    [InlineData("curl -u joe:pw https://x.example/", "curl -u joe:*** https://x.example/")]
    [InlineData("curl --user=joe:pw https://x.example/", "curl --user=joe:*** https://x.example/")]
    [InlineData("sshpass -p pw ssh host", "sshpass -p *** ssh host")]
    [InlineData("redis-cli -a pw ping", "redis-cli -a *** ping")]
    [InlineData("smbclient //srv/s -U joe%pw", "smbclient //srv/s -U joe%***")]
    [InlineData("docker login -u joe -p pw reg", "docker login -u joe -p *** reg")]
    [InlineData("ldapsearch -x -w pw", "ldapsearch -x -w ***")]
    [InlineData("openssl enc -pass pass:abc -in f", "openssl enc -pass pass:*** -in f")]
    [InlineData("C:\\tools\\plink.exe -pw geheim host", "C:\\tools\\plink.exe -pw *** host")]
    // Addresses, headers, tokens by their looks.
    [InlineData("git clone https://joe:pw@git.example/r.git", "git clone https://joe:***@git.example/r.git")]
    [InlineData("app postgres://u:p@ss@db:5432/x", "app postgres://u:***@db:5432/x")]
    [InlineData("wget https://x/f?access_token=abc&v=1", "wget https://x/f?access_token=***&v=1")]
    [InlineData("app eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "app ***")]
    [InlineData("app AKIAIOSFODNN7EXAMPLE", "app ***")]
    [InlineData("app --x=ghp_0123456789abcdefghijABCDEFGHIJ012345", "app --x=***")]
    [InlineData("app Server=db;Password=pw;Database=x", "app Server=db;Password=***;Database=x")]
    public void A_secret_is_masked_and_the_rest_stays(string line, string expected) => Assert.Equal(expected, Mask(line));

    [Theory]
    [InlineData("ssh -p 22 host")]
    [InlineData("docker run -p 80:80 img")]
    [InlineData("app --password-file=/run/secret")]
    [InlineData("app --token-type bearer-jwt")]
    [InlineData("app --tokenizer=fast --bypass --compass=n")]
    [InlineData("app --password --host db")]
    [InlineData("mysql -p -u root")]
    [InlineData("mysql --protocol=tcp")]
    [InlineData("openssl enc -pass env:NAME")]
    [InlineData("app http://[::1]:8080/a:b")]
    [InlineData("app https://host:8080/path?x=1")]
    [InlineData("rsync joe@host:/a /b")]
    [InlineData("grep password: file")]
    [InlineData("nginx: master process")]
    [InlineData("app --passive --author=joe --authority=x --keyboard=de --key=value")]
    [InlineData("tail -f /var/log/secrets/x.log")]
    public void What_is_no_secret_stays(string line) => Assert.Equal(line, Mask(line));

    [Fact]
    public void A_secret_with_blanks_is_masked_whole()
    {
        List<string> arguments = ["app", "--password=correct horse battery", "--passphrase", "staple it"];

        Assert.Equal(2, SecretMask.Apply(arguments));
        Assert.Equal(["app", "--password=***", "--passphrase", "***"], arguments);
    }

    [Theory]
    [InlineData("Authorization: Basic am9lOnB3", "Authorization: ***")]
    [InlineData("X-Api-Key: abc def", "X-Api-Key: ***")]
    [InlineData("http.extraheader=AUTHORIZATION: basic abcdefghijklmnop", "http.extraheader=AUTHORIZATION: ***")]
    [InlineData("Accept: */*", "Accept: */*")]
    public void Headers_are_masked_to_their_end(string header, string expected)
    {
        List<string> arguments = ["curl", "-H", header];

        SecretMask.Apply(arguments);

        Assert.Equal(expected, arguments[2]);
    }

    [Fact]
    public void A_command_inside_of_an_argument_is_looked_into()
    {
        List<string> arguments = ["sh", "-c", "PGPASSWORD='a b' psql -h x && curl \"https://u:p@h/?token=abc\""];

        SecretMask.Apply(arguments);

        Assert.Equal("PGPASSWORD='***' psql -h x && curl \"https://u:***@h/?token=***\"", arguments[2]);
    }

    [Fact]
    public void A_private_key_is_never_shown()
    {
        List<string> arguments = ["app", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"];

        SecretMask.Apply(arguments);

        Assert.Equal("***", arguments[1]);
    }

    [Fact]
    public void An_environment_is_masked_by_name_and_by_looks()
    {
        List<string> entries = ["PATH=/bin", "DB_PASSWORD=x", "DATABASE_URL=postgres://u:p@h/d", "EMPTY_TOKEN=", "HOME=/root", "odd"];

        Assert.Equal(2, SecretMask.ApplyToEnvironment(entries));
        Assert.Equal(["PATH=/bin", "DB_PASSWORD=***", "DATABASE_URL=postgres://u:***@h/d", "EMPTY_TOKEN=", "HOME=/root", "odd"], entries);
    }

    [Theory]
    [InlineData("eyJa.eyJ/", 14_000)]
    [InlineData("a=", 64_000)]
    [InlineData("://", 40_000)]
    [InlineData("a/", 64_000)]
    [InlineData("AKIA", 32_000)]
    [InlineData("password:", 14_000)]
    public void A_hostile_argument_takes_no_long_time(string part, int count)
    {
        List<string> arguments = ["app", string.Concat(Enumerable.Repeat(part, count))];
        long started = Stopwatch.GetTimestamp();

        SecretMask.Apply(arguments);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static string Mask(string line)
    {
        List<string> arguments = [.. line.Split(' ')];
        SecretMask.Apply(arguments);
        return string.Join(' ', arguments);
    }
}
