import { expect, test } from 'vitest';
import { type Appetite, accountOf, advance, book, feed, type Ledger, openLedger } from './ledger.ts';
import { recordLedger, restoreLedger } from './ledger-record.ts';
import { defaultSettings } from './settings.ts';

const settings = { ...defaultSettings, halfLifeSeconds: 100, creditSeconds: 10 };
const hungry = (team: string, weight = 1): Appetite => ({ team, weight, waiting: 1, serving: 1 });
const served = (team: string, weight = 1): Appetite => ({ team, weight, waiting: 0, serving: 1 });
const pass = (ledger: Ledger, team: string) => ledger.gradients.passes.get(team);
const fed = (ledger: Ledger, ...demands: Appetite[]) => feed(ledger, demands, settings);

test('a worker-second moves a team on by one over its weight, in both lines', () => {
  const ledger = book(book(openLedger(0), 'a', 1, 6), 'b', 3, 6);
  expect([...ledger.gradients.passes]).toEqual([
    ['a', 6],
    ['b', 2],
  ]);
  expect(ledger.places.passes).toEqual(ledger.gradients.passes);
});

test('after a half-life use counts half, and the budget still counts all of it', () => {
  const ledger = advance(book(openLedger(0), 'a', 2, 8), 100_000, settings);
  expect(accountOf(ledger, 'a')).toEqual({ recent: 4, spent: 8 });
  expect(pass(ledger, 'a')).toBe(2);
});

test('a clock that goes back changes nothing', () => {
  const ledger = advance(book(openLedger(0), 'a', 1, 8), 5000, settings);
  expect(advance(ledger, 4000, settings)).toBe(ledger);
});

test('a team that comes back stands at most the credit before the others', () => {
  let ledger = fed(openLedger(0), hungry('a'));
  ledger = fed(book(ledger, 'a', 1, 500), hungry('a'));
  ledger = fed(ledger, hungry('a'), hungry('b', 2));
  expect(pass(ledger, 'a')).toBe(500);
  expect(pass(ledger, 'b')).toBe(495);
});

test('less than the credit is not topped up', () => {
  let ledger = fed(openLedger(0), hungry('a'), hungry('b'));
  ledger = fed(book(ledger, 'b', 1, 4), hungry('a'));
  ledger = fed(book(ledger, 'a', 1, 7), hungry('a'));
  ledger = fed(ledger, hungry('a'), hungry('b'));
  expect(pass(ledger, 'b')).toBe(4);
});

test('coming and going gives no more than staying', () => {
  let ledger = fed(openLedger(0), hungry('a'), hungry('b'));
  ledger = book(ledger, 'b', 1, 20);
  for (let turn = 0; turn < 50; turn++) ledger = fed(fed(ledger, hungry('a')), hungry('a'), hungry('b'));
  expect(pass(ledger, 'b')).toBe(20);
});

test('a hungry team keeps all it is owed, however long it takes', () => {
  let ledger = fed(openLedger(0), hungry('a'), hungry('b'));
  for (let turn = 0; turn < 100; turn++) ledger = fed(book(ledger, 'a', 1, 1), hungry('a'), hungry('b'));
  expect(pass(ledger, 'a')! - pass(ledger, 'b')!).toBe(100);
});

test('what a team used while nobody else wanted it is not held against it', () => {
  let ledger = fed(openLedger(0), served('a'));
  ledger = fed(book(ledger, 'a', 1, 1000), served('a'));
  ledger = fed(ledger, hungry('a'), hungry('b'));
  expect(pass(ledger, 'a')! - pass(ledger, 'b')!).toBe(10);
});

test('a team that has all it asks for gathers no more than the credit', () => {
  let ledger = fed(openLedger(0), hungry('a'), served('b'));
  ledger = fed(book(book(ledger, 'a', 1, 700), 'b', 1, 100), hungry('a'), served('b'));
  ledger = fed(ledger, hungry('a'), hungry('b'));
  expect(pass(ledger, 'b')).toBe(690);
});

test('a new weight changes nothing that was booked', () => {
  const ledger = book(book(openLedger(0), 'a', 1, 10), 'a', 5, 10);
  expect(pass(ledger, 'a')).toBe(12);
});

test('a ledger goes through JSON unchanged', () => {
  const ledger = fed(book(fed(openLedger(5), hungry('a')), 'a', 3, 10), hungry('a'), hungry('b'));
  expect(restoreLedger(JSON.parse(JSON.stringify(recordLedger(ledger))))).toEqual(ledger);
});
