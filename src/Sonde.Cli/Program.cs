using System.CommandLine;

return new RootCommand("Shows what a host does on its network, and what it may do.").Parse(args).Invoke();
