import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';

const folder = new URL('../../../../examples/', import.meta.url);

/** Path of `examples/NAME.json`. */
export function examplePath(name: string): string {
  const known = exampleNames();
  if (known.includes(name)) return fileURLToPath(new URL(`${name}.json`, folder));
  const didYouMean = nearestName(name, known);
  throw new DescentError('EXAMPLE_UNKNOWN', {
    name,
    known: known.join(', '),
    ...(didYouMean !== undefined && { didYouMean }),
  });
}

export function exampleNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
    .sort();
}
