import { readFile } from 'node:fs/promises';
import { joinLink } from '@descent/client';
import { DescentError } from '@descent/errors';
import type { Command } from 'commander';
import { type ConnectionOptions, connect, findConnection, withConnectionOptions } from '../connection.ts';
import type { CommandContext } from '../context.ts';
import { readClassList } from '../read-class-list.ts';
import { messageOf } from '../stack/data-folder.ts';

export function addClass(program: Command, context: CommandContext): void {
  const { config, stdout, stderr, signal } = context;
  const group = program.command('class').description('A class: its teams and its students.');

  withConnectionOptions(group.command('import'))
    .description(
      'Make the teams of a class list and print a join link, for one use, for each student (staff).',
    )
    .argument('<file>', 'CSV with the columns team, name, and if wanted email and role (member, owner)')
    .option('--json', 'print the answer as one JSON line')
    .addHelpText(
      'after',
      `
Prints CSV: team, name, email, link. Run it again when students are added: who has joined keeps what they have, who has
not gets a new link in place of the old.

Example:
  $ descent class import students.csv > links.csv`,
    )
    .action(async (file: string, { json, ...options }: ConnectionOptions & { json?: boolean }) => {
      const text = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new DescentError('FILE_UNREADABLE', { path: file, problem: messageOf(cause) }, { cause });
      });
      const students = readClassList(text, file);
      const { url } = findConnection(options, config);
      const answer = await connect(options, config).accounts.importClass({ students }, { signal });
      if (json) {
        stdout.write(`${JSON.stringify(answer)}\n`);
        return;
      }
      const rows = answer.students.map(({ team, name, email, code }) => [
        team.name,
        name,
        email ?? '',
        code === null ? '' : joinLink(url, code),
      ]);
      const lines = [['team', 'name', 'email', 'link'], ...rows].map((row) => row.map(quoted).join(','));
      stdout.write(`${lines.join('\n')}\n`);
      const joined = answer.students.filter(({ code }) => code === null).length;
      stderr.write(
        `${answer.teamsCreated} teams made, ${answer.students.length - joined} links, ${joined} joined already\n`,
      );
    });
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
