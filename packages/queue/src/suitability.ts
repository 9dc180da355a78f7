/** What a Redis server says about itself, as far as it matters here. */
export interface RedisFacts {
  readonly product: 'Redis' | 'Valkey';
  readonly version: string;
  /** null where the server does not tell (some hosted ones). */
  readonly evictionPolicy: string | null;
}

/** Oldest versions that BullMQ recommends. */
const OLDEST = { Redis: '6.2.0', Valkey: '7.2.0' } as const;

/** Reads the answer of INFO. */
export function readInfo(info: string): RedisFacts {
  const field = (name: string): string | null =>
    new RegExp(`^${name}:([^\r\n]*)`, 'm').exec(info)?.[1]?.trim() ?? null;
  const valkey = field('valkey_version');
  return {
    product: valkey === null ? 'Redis' : 'Valkey',
    version: valkey ?? field('redis_version') ?? 'unknown',
    evictionPolicy: field('maxmemory_policy'),
  };
}

/** Why the server cannot hold our queues; null when it can. */
export function unsuitable({ product, version, evictionPolicy }: RedisFacts): string | null {
  if (compareVersions(version, OLDEST[product]) < 0) {
    return `${product} ${version} is too old; ${OLDEST[product]} or newer is needed`;
  }
  if (evictionPolicy !== null && evictionPolicy !== 'noeviction') {
    return `its maxmemory-policy is ${evictionPolicy}, under which it may drop jobs; noeviction is needed`;
  }
  return null;
}

function compareVersions(left: string, right: string): number {
  const parts = (version: string): number[] =>
    version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [a, b] = [parts(left), parts(right)];
  for (let index = 0; index < 3; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
