import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue, catalogueSections, DescentError, renderCatalogue } from './index.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

test('docs/errors.md says what the catalogue says', () => {
  expect(page).toBe(renderCatalogue(catalogueSections));
});

test('every code of the catalogue stands in docs/errors.md, and no other', () => {
  const documented = [...page.matchAll(/^### (\w+)$/gm)].map((match) => match[1]);
  expect(documented.sort()).toEqual(Object.keys(catalogue).sort());
});

test('no code stands in two sections', () => {
  const codes = Object.values(catalogueSections).flatMap((section) => Object.keys(section));
  expect(codes.length).toBe(new Set(codes).size);
});

test('every entry has a message and advice that end as sentences do', () => {
  const wrong = Object.entries(catalogue).filter(
    ([, { message, advice }]) => message.endsWith('.') || !/[.!?…`)]$/.test(advice),
  );
  expect(wrong.map(([code]) => code)).toEqual([]);
});

test('a message is filled in from the details, and the body carries both', () => {
  const error = new DescentError('GRADIENT_DUPLICATE', { step: 7, microBatch: 2 });
  expect(error.message).toBe('Step 7, micro-batch 2 already has its gradient');
  expect(error.toBody()).toEqual({
    statusCode: 409,
    code: 'GRADIENT_DUPLICATE',
    error: 'Conflict',
    message: 'Step 7, micro-batch 2 already has its gradient',
    details: { step: 7, microBatch: 2 },
  });
});

test('an error survives the way over the wire', () => {
  const sent = new DescentError('JOB_NOT_FOUND', { jobId: 'job_1' });
  const received = DescentError.fromBody(JSON.parse(JSON.stringify(sent.toBody())));
  expect(received.code).toBe('JOB_NOT_FOUND');
  expect(received.message).toBe(sent.message);
  expect(received.details).toEqual(sent.details);
});

test('a code that this version does not know becomes INTERNAL with its text kept', () => {
  const received = DescentError.fromBody({ code: 'FROM_THE_FUTURE', message: 'new trouble' });
  expect(received.code).toBe('INTERNAL');
  expect(received.message).toBe('new trouble');
});
