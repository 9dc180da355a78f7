import type { Command } from 'commander';

/** What can follow at one place of a command line. */
export interface CommandWords {
  /** `datasets push`; '' is the program itself. */
  readonly path: string;
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly OptionWords[];
  /** Its first argument is the id of a job. */
  readonly takesJob: boolean;
}

export interface OptionWords {
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  /** The values it knows; empty: any. */
  readonly choices: readonly string[];
}

/** Every command of the program, from commander's own description of it: nothing is listed twice. */
export function commandWords(command: Command, path = ''): CommandWords[] {
  const words: CommandWords = {
    path,
    subcommands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: [
      ...command.options.map((option) => ({
        flags: [option.short, option.long].filter((flag): flag is string => flag != null),
        description: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices ?? [],
      })),
      { flags: ['-h', '--help'], description: 'show help', takesValue: false, choices: [] },
    ],
    takesJob: /^job ids?\b/.test(command.registeredArguments[0]?.description ?? ''),
  };
  const inner = command.commands.flatMap((one) => commandWords(one, `${path} ${one.name()}`.trim()));
  return [words, ...inner];
}
