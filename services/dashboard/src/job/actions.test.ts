import { expect, test } from 'vitest';
import { offeredActions } from './actions.ts';

const enabled = (...args: Parameters<typeof offeredActions>) =>
  offeredActions(...args)
    .filter((offer) => offer.enabled)
    .map((offer) => offer.action);

test('a running job can be paused or cancelled, a paused one resumed or cancelled, an ended one nothing', () => {
  expect(enabled('running', null)).toEqual(['pause', 'cancel']);
  expect(enabled('paused', null)).toEqual(['resume', 'cancel']);
  expect(offeredActions('succeeded', null)).toEqual([]);
});

test('while a pause is on its way only cancel can be pressed, and nothing while a cancel is', () => {
  expect(enabled('running', { action: 'pause', from: 'running' })).toEqual(['cancel']);
  expect(enabled('running', { action: 'cancel', from: 'running' })).toEqual([]);
});

test('a request is settled once the state has changed', () => {
  expect(enabled('paused', { action: 'pause', from: 'running' })).toEqual(['resume', 'cancel']);
});
