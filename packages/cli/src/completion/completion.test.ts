import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandWords } from './command-words.ts';
import { renderBash } from './render-bash.ts';
import { renderFish } from './render-fish.ts';

function program(): Command {
  const descent = new Command('descent');
  descent
    .command('ls')
    .addOption(new Option('--state <state>', 'of jobs').choices(['queued', 'running']))
    .option('--limit <n>', "at most; isn't it?");
  descent.command('watch').addArgument(new Argument('<id>', 'job id')).option('-f, --follow', 'go on');
  const datasets = descent.command('datasets').description('Data sets. And more.');
  datasets.command('push').description('Send one.').option('--name <name>', 'of it');
  datasets.command('ls').description('List them.');
  return descent;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'descent-completion-'));
  writeFileSync(
    join(folder, 'descent'),
    '#!/bin/sh\n[ "$*" = "completion ids" ] && echo job_1 job_2 | tr " " "\\n"\n',
  );
  chmodSync(join(folder, 'descent'), 0o755);
  writeFileSync(join(folder, 'script.bash'), renderBash(commandWords(program())));
  writeFileSync(join(folder, 'script.fish'), renderFish(commandWords(program())));
});
afterAll(() => rmSync(folder, { recursive: true }));

const env = () => ({ PATH: `${folder}:${process.env.PATH}`, HOME: folder, TERM: 'dumb' });
const sorted = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .sort();

/** What the shell offers for the last word. */
const shells: Record<string, (words: readonly string[]) => string[]> = {
  bash(words) {
    const given = words.map((word) => `'${word}'`).join(' ');
    const script = `source '${folder}/script.bash'; COMP_WORDS=(${given}); COMP_CWORD=${words.length - 1}; _descent; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return sorted(execFileSync('bash', ['--norc', '-c', script], { env: env(), encoding: 'utf8' }));
  },
  zsh(words) {
    const given = words.map((word) => `'${word}'`).join(' ');
    const script = `source '${folder}/script.bash'; setopt ksharrays shwordsplit; COMP_WORDS=(${given}); COMP_CWORD=${words.length - 1}; _descent; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = sorted(execFileSync('zsh', ['-f', '-c', script], { env: env(), encoding: 'utf8' }));
    // At the prompt zsh itself picks those that go on as the word begins.
    return offered.filter((word) => word.startsWith(words.at(-1) ?? ''));
  },
  fish(words) {
    const script = `source '${folder}/script.fish'; complete -C '${words.join(' ')}'`;
    const output = execFileSync('fish', ['--no-config', '-c', script], { env: env(), encoding: 'utf8' });
    return sorted(output).map((line) => line.split('\t')[0] ?? '');
  },
};

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

for (const [shell, complete] of Object.entries(shells)) {
  if (!has(shell))
    console.warn(`Completion in ${shell} is not tested: install Debian’s \`${shell}\` to do so.`);
  test.skipIf(!has(shell))(`${shell} completes commands, options, their values and job ids`, () => {
    expect(complete(['descent', ''])).toEqual(['datasets', 'ls', 'watch']);
    expect(complete(['descent', 'w'])).toEqual(['watch']);
    expect(complete(['descent', 'datasets', ''])).toEqual(['ls', 'push']);
    expect(complete(['descent', 'datasets', 'push', '--n'])).toEqual(['--name']);
    expect(complete(['descent', 'ls', '--st'])).toEqual(['--state']);
    expect(complete(['descent', 'ls', '--state', ''])).toEqual(['queued', 'running']);
    expect(complete(['descent', 'ls', '--limit', '3', '--state', 'r'])).toEqual(['running']);
    expect(complete(['descent', 'watch', '--fo'])).toEqual(['--follow']);
    expect(complete(['descent', 'watch', 'job_'])).toEqual(['job_1', 'job_2']);
  });
}
