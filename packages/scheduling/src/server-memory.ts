import type { SchedulingJob, SchedulingView } from './view.ts';

/** Free bytes by parameter server, and where jobs go. */
export interface ServerMemory {
  readonly largestServerBytes: number;
  fits(bytes: number): boolean;
  /** Takes the memory on the server with the most free; `fits` held before. */
  take(bytes: number): void;
  /** Lets nobody else on the server that will have room for this soonest. One job at a time has one kept. */
  keepFor(bytes: number): void;
}

export function measureMemory({ cluster, jobs }: SchedulingView): ServerMemory {
  const free = new Map(cluster.servers.map(({ name, memoryBytes }) => [name, memoryBytes]));
  let kept: string | null = null;
  /** The first of those with the most room; without sorting, since it is asked for every job in line. */
  const roomiest = () => {
    let found: [string, number] | null = null;
    for (const one of free) if (one[0] !== kept && (found === null || one[1] > found[1])) found = one;
    return found;
  };
  const takeFrom = (name: string, bytes: number) => free.set(name, (free.get(name) ?? 0) - bytes);
  const take = (bytes: number) => {
    const server = roomiest();
    if (server !== null) takeFrom(server[0], bytes);
  };
  const held = jobs.filter(({ state }) => state !== 'waiting');
  const isKnown = ({ server }: SchedulingJob) => server !== null && free.has(server);
  for (const job of held.filter(isKnown)) takeFrom(job.server!, job.memoryBytes);
  // Offered and not claimed yet: it will go where most is free.
  for (const job of held.filter((job) => job.server === null)) take(job.memoryBytes);
  return {
    largestServerBytes: Math.max(0, ...cluster.servers.map(({ memoryBytes }) => memoryBytes)),
    fits: (bytes) => (roomiest()?.[1] ?? Number.NEGATIVE_INFINITY) >= bytes,
    take,
    keepFor(bytes) {
      const large = cluster.servers.filter(({ memoryBytes }) => memoryBytes >= bytes);
      kept ??= large.sort((a, b) => free.get(b.name)! - free.get(a.name)!)[0]?.name ?? null;
    },
  };
}
