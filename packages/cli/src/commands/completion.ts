import { Argument, type Command } from 'commander';
import { commandWords } from '../completion/command-words.ts';
import { renderBash } from '../completion/render-bash.ts';
import { renderFish } from '../completion/render-fish.ts';
import { connect } from '../connection.ts';
import type { CommandContext } from '../context.ts';

const renderers = { bash: renderBash, zsh: renderBash, fish: renderFish } as const;
type Shell = keyof typeof renderers;

export function addCompletion(program: Command, { config, stdout, signal }: CommandContext): void {
  program
    .command('completion')
    .description('Print what lets a shell complete commands, options and job ids.')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices([...Object.keys(renderers), 'ids']))
    .option('--json', 'print the script as a JSON string')
    .addHelpText(
      'after',
      `
Examples:
  $ source <(descent completion bash)        in ~/.bashrc, or with zsh in ~/.zshrc
  $ descent completion fish > ~/.config/fish/completions/descent.fish`,
    )
    .action(async (shell: Shell | 'ids', { json }: { readonly json?: boolean }) => {
      if (shell === 'ids') {
        // What the scripts ask for at a key press: of use within a second or not at all.
        const soon = AbortSignal.any([signal, AbortSignal.timeout(1000)]);
        const { jobs } = await connect({}, config).jobs.list({ limit: 30, signal: soon });
        stdout.write(jobs.map(({ id }) => `${id}\n`).join(''));
        return;
      }
      const script = renderers[shell](commandWords(program));
      stdout.write(json ? `${JSON.stringify(script)}\n` : script);
    });
}
