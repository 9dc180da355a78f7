import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseParser } from './sse-parser.ts';

const parse = (text: string) => createSseParser().push(text);

test('fields, comments, several data lines and the default type are read as the standard says', () => {
  expect(parse(': hello\nid: 7\nevent: metric\ndata: {"a":1,\ndata: "b":2}\n\ndata:plain\n\n')).toEqual([
    { type: 'metric', data: '{"a":1,\n"b":2}', lastEventId: '7' },
    { type: 'message', data: 'plain', lastEventId: '7' },
  ]);
});

test('only one space after the colon is taken off, and a line without a colon is a field with an empty value', () => {
  expect(parse('data:  x\ndata\n\n')).toEqual([{ type: 'message', data: ' x\n', lastEventId: '' }]);
});

test('an event without data is not dispatched, but its id stays', () => {
  expect(parse('event: ping\nid: 3\n\ndata: x\n\n')).toEqual([
    { type: 'message', data: 'x', lastEventId: '3' },
  ]);
});

test('an id that holds NUL is ignored', () => {
  expect(parse('id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n').map((event) => event.lastEventId)).toEqual([
    '1',
    '1',
  ]);
});

test('retry takes digits only', () => {
  const parser = createSseParser();
  parser.push('retry: 1500\nretry: 2s\n');
  expect(parser.retryMs).toBe(1500);
});

test('an event cut off by the end of the stream is not dispatched', () => {
  expect(parse('data: whole\n\ndata: half\n')).toEqual([{ type: 'message', data: 'whole', lastEventId: '' }]);
});

test('a byte order mark at the start is skipped', () => {
  expect(parse('\uFEFFdata: x\n\n')).toEqual([{ type: 'message', data: 'x', lastEventId: '' }]);
});

test('the events do not depend on the line ends or on where the stream is cut', () => {
  const lines = [
    'id: 1',
    'event: metric',
    'data: {"loss":0.5}',
    '',
    ': keep-alive',
    'data: a',
    'data: b',
    '',
    '',
  ];
  const expected = parse(lines.join('\n'));
  expect(expected).toHaveLength(2);
  fc.assert(
    fc.property(
      fc.constantFrom('\n', '\r', '\r\n'),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      (ending, cuts) => {
        const parser = createSseParser();
        // A lone CR at the very end may be half of a CR LF, so one more line settles it.
        let rest = `${lines.join(ending)}${ending}: end${ending}`;
        const events = [];
        for (let i = 0; rest.length > 0; i++) {
          const length = cuts[i % cuts.length] ?? 1;
          events.push(...parser.push(rest.slice(0, length)));
          rest = rest.slice(length);
        }
        expect(events).toEqual(expected);
      },
    ),
  );
});

test('a stream without line ends is refused before it fills the memory', () => {
  const parser = createSseParser();
  const megabyte = 'x'.repeat(1024 * 1024);
  expect(() => {
    for (let i = 0; i < 20; i++) parser.push(megabyte);
  }).toThrow(RangeError);
});
