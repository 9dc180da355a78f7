import type { TokenRecord } from '@descent/storage';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { keepLanes } from './lanes.ts';
import { anybody, requires } from './policy.ts';

test('of a team three look-ups and one submission are worked on at once, the others in order, and other teams pass', async () => {
  const app = Fastify();
  app.decorateRequest('token', null);
  app.addHook('onRequest', async (request) => {
    const team = request.headers.team;
    if (team !== undefined) request.token = { teamId: team } as unknown as TokenRecord;
  });
  keepLanes(app);
  const inside: string[] = [];
  const doors = new Map<string, () => void>();
  const handler = async (request: { readonly query: unknown }) => {
    const { name } = request.query as { readonly name: string };
    inside.push(name);
    await new Promise<void>((resolve) => doors.set(name, resolve));
    if (name === 'a1') throw new Error('It fails');
    return name;
  };
  app.get('/look', { config: requires('read') }, handler);
  app.post('/submit', { config: { ...requires('submit'), work: 'submission' } }, handler);
  app.get('/open', { config: anybody }, handler);
  const answers: Promise<unknown>[] = [];
  const ask = async (method: 'GET' | 'POST', path: string, name: string, team?: string) => {
    const headers = team === undefined ? {} : { team };
    answers.push(app.inject({ method, url: `${path}?name=${name}`, headers }));
    await new Promise(setImmediate);
  };
  const open = async (name: string) => {
    doors.get(name)?.();
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  };

  for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) await ask('GET', '/look', name, 'a');
  expect(inside).toEqual(['a1', 'a2', 'a3']);
  await ask('POST', '/submit', 'a7', 'a');
  await ask('POST', '/submit', 'a8', 'a');
  await ask('GET', '/look', 'b1', 'b');
  await ask('GET', '/open', 'anybody');
  expect(inside.slice(3)).toEqual(['a7', 'b1', 'anybody']);
  await open('a1');
  expect(inside.slice(6)).toEqual(['a4']);
  await open('a7');
  await open('a4');
  expect(inside.slice(7)).toEqual(['a8', 'a5']);
  for (const name of inside) await open(name);
  expect(await Promise.all(answers)).toHaveLength(10);
  await app.close();
});
