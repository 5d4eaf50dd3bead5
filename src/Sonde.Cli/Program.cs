return Sonde.Cli.Commands.SondeCommand.Run(args);
