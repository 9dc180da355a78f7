import { isDescentError } from '@descent/errors';
import type { JobSummary } from '@descent/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from './matches.ts';
import { parseQuery } from './parse-query.ts';

const nowMs = Date.parse('2026-11-28T12:00:00Z');
const me = 'mem_1';
const job: JobSummary = {
  id: 'job_01JD0000000000000000000000',
  name: 'Digits with dropout',
  state: 'running',
  team: { id: 'team_1', name: 'Team Blue' },
  priority: 3,
  createdAt: '2026-11-27T12:00:00.000Z',
  startedAt: '2026-11-27T12:01:00.000Z',
  endedAt: null,
  datasetId: 'builtin:mnist',
  progress: { step: 30, steps: 100, epoch: 0.3, epochs: 1, samplesPerSecond: 500, etaSeconds: 9, workers: 2 },
  best: {},
  latest: { loss: 0.3, accuracy: 0.91 },
  validation: { loss: 0.2, accuracy: 0.95 },
  owner: { id: 'mem_1', name: 'Anna' },
  tags: ['best', 'lr-sweep'],
  notes: 'the (good) one',
  archivedAt: null,
  starred: true,
  parameters: {
    'training.optimizer.type': 'sgd',
    'training.optimizer.learningRate': 0.1,
    'training.batchSize': 64,
    'model.layers[0].units': 128,
    'model.layers[1].units': 10,
    'training.optimizer.nesterov': true,
  },
};
const holds = (query: string) => matches(parseQuery(query, nowMs), job, me);

test.each([
  '',
  '  ',
  'digits',
  'DROPOUT digits',
  '"with drop"',
  'lr-sweep',
  'good',
  'state = running',
  'metrics.accuracy > 0.9 and optimizer.learningRate = 0.1',
  'metrics.accuracy>0.9 optimizer.learningRate=1e-1',
  'validation.loss <= 0.2',
  'train.loss >= .3',
  'training.optimizer.learningRate < 1',
  'learningRate = 0.1',
  'units = 10',
  'layers[0].units = 128',
  'layers[0].units != 10',
  'optimizer.type = SGD',
  'optimizer.nesterov = true',
  'tag = best',
  'tag != worst',
  'tag ~ sweep',
  'owner = anna and owner = me and owner = mem_1',
  'team = "team blue"',
  'dataset = builtin:mnist',
  'starred = true',
  'archived = false',
  'not archived = true',
  'created > 2026-11-27',
  'created > -2d and created < -12h',
  'created < 2026-11-27T12:00:01Z',
  'state = failed or step > 10',
  'state = failed and step > 10 or workers = 2',
  'not (state = failed or state = paused)',
  'progress >= 0.3',
  'name ~ digits and priority > 2',
  'ended != 2026-11-27',
  'NOT tag = x AND Digits',
])('%s finds the job', (query) => expect(holds(query)).toBe(true));

test.each([
  'cats',
  'state = failed',
  'metrics.accuracy > 0.95',
  'metrics.f1 > 0',
  'metrics.f1 < 0',
  'metrics.constructor < 9',
  'optimizer.momentum < 1',
  'earningRate = 0.1',
  'owner = ann',
  'tag = "lr sweep"',
  'created > -1h',
  'ended > 2020-01-01',
  'state = failed and (step > 10 or workers = 2)',
  'digits not state = running',
  '"learningRate = 0.1"',
])('%s does not', (query) => {
  // `earningRate` is the end of a name but no name.
  if (query.startsWith('earning')) expect(() => holds(query)).toThrow('did you mean "learningRate"?');
  else expect(holds(query)).toBe(false);
});

test.each([
  ['sate = running', 1, 4, '"sate" is no field of a job and no setting of a request; did you mean "state"?'],
  ['digits and optimizer.lerningRate = 1', 12, 21, 'did you mean "optimizer.learningRate"?'],
  ['state = runing', 9, 6, 'did you mean "running"?'],
  ['state > running', 9, 7, 'state is = one of queued, preparing'],
  ['step > many', 8, 4, 'step is compared with a number, not with "many"'],
  ['step > 1e999', 8, 5, 'step is compared with a number'],
  ['name > b', 8, 1, 'name is text, which has no order'],
  ['step ~ 1', 8, 1, 'step is no text'],
  ['starred = yes', 11, 3, 'starred is = true or = false'],
  ['created > yesterday', 11, 9, 'created is compared with a day such as'],
  ['created > 2026-13-45', 11, 10, 'created is compared with a day such as'],
  ['learningRate > high', 16, 4, '">" needs a number'],
  ['state:running', 1, 13, 'write state = running'],
  ['state =', 8, 0, 'a value should follow "="'],
  ['tag = and', 7, 3, 'put quotation marks around'],
  ['= 3', 1, 1, '"=" stands where a word or a comparison should'],
  ['digits and', 11, 0, 'the query ends where'],
  ['or digits', 1, 2, '"or" stands where'],
  ['(digits', 1, 1, 'this "(" is never closed'],
  ['digits)', 7, 1, 'this ")" closes nothing'],
  ['name = "digits', 8, 1, 'this quotation mark is never closed'],
  ['!digits', 1, 1, 'write "!=" or "not"'],
  [`${'('.repeat(400)}a`, 301, 1, 'more than 300'],
  [`${'('.repeat(40)}a`, 33, 1, 'nested deeper than 32'],
  [`${'not '.repeat(40)}a`, 129, 3, 'nested deeper than 32'],
  ['constructor = 1', 1, 11, 'is no field'],
  ['__proto__ = 1', 1, 9, 'is no field'],
])('%s is refused at column %i', (query, column, length, problem) => {
  const error = refusal(query);
  expect(error).toMatchObject({ code: 'QUERY_INVALID', details: { column, length } });
  expect(error?.message).toContain(problem);
});

function refusal(query: string) {
  try {
    parseQuery(query, nowMs);
  } catch (error) {
    return error as Error;
  }
  return null;
}

test('whatever is asked, the answer is yes, no, or a column within the query', () => {
  const piece = fc.constantFrom(
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    '!=',
    '>',
    '~',
    '"',
    'step',
    'tag',
    'metrics.',
    '1',
    '-1d',
    'units',
    '[0]',
    ' ',
  );
  const query = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' ')),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(query, (text) => {
      try {
        expect(typeof matches(parseQuery(text, nowMs), job, me)).toBe('boolean');
      } catch (error) {
        if (!isDescentError(error, 'QUERY_INVALID')) throw error;
        const { column, length } = error.details as { column: number; length: number };
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column - 1 + length).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 500 },
  );
});

test('"not" turns every answer round', () => {
  const asked = ['digits', 'step > 3', 'tag = best or state = failed', 'metrics.f1 > 0'];
  for (const query of asked) expect(holds(`not (${query})`)).toBe(!holds(query));
});
