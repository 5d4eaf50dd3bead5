using System.CommandLine;

namespace Sonde.Cli.Commands;

/// <summary>`sonde completion SHELL`: a script that makes a shell ask sonde itself for completions.</summary>
internal static class CompletionCommand
{
    // Each script hands the line and the cursor to `sonde [suggest:N] LINE`, so that names of interfaces complete too and nothing gets old.
    private const string Bash = """
        # bash completion for sonde:  eval "$(sonde completion bash)"
        _sonde() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$(sonde "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _sonde sonde
        """;

    private const string Zsh = """
        #compdef sonde
        # zsh completion for sonde:  eval "$(sonde completion zsh)"
        _sonde() {
            local -a words_found
            words_found=("${(@f)$(sonde "[suggest:${#BUFFER[1,CURSOR]}]" "${BUFFER[1,CURSOR]}" 2>/dev/null)}")
            compadd -- "${words_found[@]}"
        }
        compdef _sonde sonde
        """;

    private const string Fish = """
        # fish completion for sonde:  sonde completion fish | source
        function __sonde_complete
            set -l line (commandline -cp)
            sonde "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c sonde -f -a '(__sonde_complete)'
        """;

    private const string PowerShell = """
        # PowerShell completion for sonde:  sonde completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName sonde -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            sonde "[suggest:$cursorPosition]" "$commandAst" 2>$null |
                Where-Object { $_ -like "$wordToComplete*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    internal static Command Build(CommandContext context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        var command = new Command("completion", "Prints a script that lets a shell complete sonde's commands, options and interface names.") { shell };
        TeachingHelp.Install(
            command,
            """
              eval "$(sonde completion bash)"                               for this bash; in ~/.bashrc for all
              eval "$(sonde completion zsh)"                                the same for zsh, after compinit
              sonde completion fish > ~/.config/fish/completions/sonde.fish
              sonde completion powershell | Out-String | Invoke-Expression
            """);
        command.SetAction(result =>
        {
            context.Output.Write(ScriptFor(result.GetRequiredValue(shell)) + "\n");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string ScriptFor(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };
}
