import type { CommandWords } from './command-words.ts';

/** Zsh reads the same script through its `bashcompinit`; there a variable called `path` would be the search path. */
export function renderBash(commands: readonly CommandWords[]): string {
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const choices = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, choices }) =>
      choices.length === 0
        ? []
        : [
            `    ${flags.map((flag) => quoted(`${path}|${flag}`)).join('|')}) words=${quoted(choices.join(' '))} ;;`,
          ],
    ),
  );
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue, choices }) => takesValue && choices.length === 0)
      .flatMap(({ flags }) => flags.map((flag) => quoted(`${path}|${flag}`))),
  );
  const places = commands.map(({ path, subcommands, options, takesJob }) =>
    [
      `    ${quoted(path)})`,
      `      options=${quoted(options.flatMap(({ flags }) => flags).join(' '))}`,
      `      words=${quoted(subcommands.map(({ name }) => name).join(' '))}`,
      takesJob ? '      jobs=1 ;;' : '      ;;',
    ].join('\n'),
  );
  return `# Completion of \`descent\` for bash and zsh. Put into ~/.bashrc or ~/.zshrc: source <(descent completion bash)
if [ -n "\${ZSH_VERSION:-}" ]; then
  autoload -U +X compinit && compinit -u
  autoload -U +X bashcompinit && bashcompinit
fi
_descent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place="" next="" words="" options="" jobs="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${place:+$place }\${COMP_WORDS[i]}"
    case "$next" in
    ${paths.join('|')}) place="$next" ;;
    esac
  done
  COMPREPLY=()
  case "$place|$previous" in
${choices.join('\n')}
    ${values.join('|')}) return ;;
  esac
  if [ -z "$words" ]; then
    case "$place" in
${places.join('\n')}
    esac
    case "$current" in
    -*) words="$options" ;;
    esac
    if [ -z "$words" ] && [ -n "$jobs" ]; then words="$(descent completion ids 2>/dev/null)"; fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _descent descent
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
