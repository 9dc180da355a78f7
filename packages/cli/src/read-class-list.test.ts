import { expect, test } from 'vitest';
import { readClassList } from './read-class-list.ts';

test('columns come in any order, names may hold commas, email and role may be left out', () => {
  const text = '\ufeffName,Team,Role,Email\n"Lovelace, Ada",blue,owner,ada@example.org\n\nBob , red,,\n';
  expect(readClassList(text, 'x.csv')).toEqual([
    { team: 'blue', name: 'Lovelace, Ada', email: 'ada@example.org', role: 'owner' },
    { team: 'red', name: 'Bob' },
  ]);
});

test.each([
  ['team,email\nblue,a@b', 'x.csv:1: there is no column "name"'],
  ['team,name,group\nblue,Ada,1', 'x.csv:1: "group" is none of the columns'],
  ['team,name\nblue,Ada\n,Bob', 'x.csv:3: team and name must not be empty'],
  ['team,name,role\nblue,Ada,staff', 'x.csv:2: role must be member or owner'],
  ['team,name\nblue', 'x.csv:2:'],
  ['team,name\n"blue,Ada', 'x.csv:2:'],
  ['', 'x.csv:1: there is no column "team"'],
])('%j is refused with the place', (text, message) => {
  expect(() => readClassList(text, 'x.csv')).toThrow(message);
});
