import { expect, test } from 'vitest';
import { nameOf, toPushed } from './pushed-files.ts';

const file = (path: string, content = 'x') => ({ path, file: new File([content], path.split('/').at(-1)!) });

test('files go as they are, named from below the folder that was dropped', () => {
  expect(nameOf([file('iris.csv')])).toBe('iris');
  expect(nameOf([file('wine/train.csv'), file('wine/test.csv')])).toBe('wine');
  expect(toPushed([file('wine/train.csv', 'a,b\n'), file('wine/test.csv')])).toMatchObject([
    { name: 'train.csv', bytes: 4 },
    { name: 'test.csv', bytes: 1 },
  ]);
});

test('a folder of images goes as one tar archive, which any reader of tar understands', async () => {
  const { extract } = await import('tar-stream');
  const long = `photos/${'a'.repeat(90)}/${'b'.repeat(90)}.png`;
  const files = [file('photos/cat/1.png', 'meow'), file('photos/dog/2.PNG', 'w'.repeat(513)), file(long)];
  const [archive, ...others] = toPushed([...files, file('photos/readme.txt')]);
  expect(others).toEqual([]);
  expect(archive!.name).toBe('photos.tar');
  let sent = -1;
  const bytes = await (archive!.read(0, (offset) => (sent = offset)) as Blob).arrayBuffer();
  expect([bytes.byteLength, sent]).toEqual([archive!.bytes, 0]);
  const found: [string, number][] = [];
  const tar = extract();
  tar.end(new Uint8Array(bytes));
  for await (const entry of tar) {
    found.push([entry.header.name, entry.header.size ?? 0]);
    entry.resume();
  }
  expect(found).toEqual([
    ['photos/cat/1.png', 4],
    ['photos/dog/2.PNG', 513],
    [long, 1],
  ]);
});

test('an upload goes on from any byte', async () => {
  const [one] = toPushed([file('a.csv', '0123456789')]);
  const rest = one!.read(7, () => undefined) as Blob;
  expect(await rest.text()).toBe('789');
});
