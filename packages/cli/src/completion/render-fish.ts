import type { CommandWords, OptionWords } from './command-words.ts';

export function renderFish(commands: readonly CommandWords[]): string {
  const paths = commands.map(({ path }) => path).filter((path) => path !== '');
  return [
    '# Completion of `descent` for fish. Put into ~/.config/fish/completions/descent.fish',
    'function __descent_at',
    '    set -l place ""',
    '    for word in (commandline -opc)[2..-1]',
    '        set -l next (string trim -- "$place $word")',
    `        if contains -- "$next" ${paths.map(quoted).join(' ')}`,
    '            set place "$next"',
    '        end',
    '    end',
    '    test "$place" = "$argv[1]"',
    'end',
    ...commands.flatMap(linesOf),
    '',
  ].join('\n');
}

function linesOf({ path, subcommands, options, takesJob }: CommandWords): string[] {
  const at = `complete -c descent -n ${quoted(`__descent_at ${quoted(path)}`)}`;
  return [
    ...subcommands.map(
      ({ name, description }) => `${at} -f -a ${quoted(name)} -d ${quoted(firstSentence(description))}`,
    ),
    ...options.map((option) => `${at} ${optionWords(option)}`),
    ...(takesJob ? [`${at} -f -a '(descent completion ids 2>/dev/null)'`] : []),
  ];
}

function optionWords({ flags, description, takesValue, choices }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = choices.length > 0 ? ['-x', '-a', quoted(choices.join(' '))] : takesValue ? ['-r'] : [];
  return [...names, ...value, '-d', quoted(firstSentence(description))].join(' ');
}

function firstSentence(description: string): string {
  return description.split(/\.(?:\s|$)/)[0] ?? '';
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
