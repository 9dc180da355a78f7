import { JobCreate, jobStates, LayerSpec, nearestName } from '@descent/contracts';
import type { JobSummary } from '@descent/storage';

export type Scalar = string | number | boolean;

/**
 * What a query can ask about. A job may have no value of a field, or several (tags); names and ids are both values of
 * `owner`, `team`.
 *
 *   text     compared without regard to case; `~` is "contains"
 *   choice   one of `choices`
 *   number   also by order
 *   time     a day, a moment, or how long ago; read as milliseconds since 1970
 *   boolean  true or false
 *   any      whatever a request can set
 */
export interface Field {
  readonly name: string;
  readonly kind: 'text' | 'choice' | 'number' | 'time' | 'boolean' | 'any';
  readonly choices?: readonly string[];
  read(job: JobSummary, callerId: string): readonly Scalar[];
}

const number = (read: (job: JobSummary) => number | null | undefined) => ({
  kind: 'number' as const,
  read: (job: JobSummary) => present(read(job)),
});
const time = (read: (job: JobSummary) => string | null) => ({
  kind: 'time' as const,
  read: (job: JobSummary) => present(read(job)).map((text) => Date.parse(text)),
});
const texts = (read: (job: JobSummary, callerId: string) => readonly string[]) => ({
  kind: 'text' as const,
  read,
});

const named: Readonly<Record<string, Omit<Field, 'name'>>> = {
  id: texts(({ id }) => [id]),
  name: texts(({ name }) => [name]),
  notes: texts(({ notes }) => [notes]),
  tag: texts(({ tags }) => tags),
  dataset: texts(({ datasetId }) => [datasetId]),
  team: texts(({ team }) => [team.name, team.id]),
  owner: texts(({ owner }, callerId) =>
    owner === null ? [] : [owner.name, owner.id, ...(owner.id === callerId ? ['me'] : [])],
  ),
  state: { kind: 'choice', choices: jobStates, read: ({ state }) => [state] },
  starred: { kind: 'boolean', read: ({ starred }) => [starred] },
  archived: { kind: 'boolean', read: ({ archivedAt }) => [archivedAt !== null] },
  created: time(({ createdAt }) => createdAt),
  started: time(({ startedAt }) => startedAt),
  ended: time(({ endedAt }) => endedAt),
  priority: number(({ priority }) => priority),
  step: number(({ progress }) => progress.step),
  steps: number(({ progress }) => progress.steps),
  epoch: number(({ progress }) => progress.epoch),
  workers: number(({ progress }) => progress.workers),
  progress: number(({ progress }) => progress.step / Math.max(1, progress.steps)),
  samplesPerSecond: number(({ progress }) => progress.samplesPerSecond),
};

/** Where a score is looked for: `metrics.x` is that of the latest evaluation, before the first one that of training. */
const scores: Readonly<Record<string, (job: JobSummary, score: string) => number | undefined>> = {
  metrics: ({ validation, latest }, score) => ownValue(validation ?? latest, score),
  validation: ({ validation }, score) => ownValue(validation, score),
  train: ({ latest }, score) => ownValue(latest, score),
  best: ({ best }, score) => ownValue(best, score)?.value,
};

/** The field of that name, or why there is none. */
export function findField(name: string): Field | { readonly problem: string; readonly didYouMean?: string } {
  if (Object.hasOwn(named, name)) return { name, ...(named[name] as Omit<Field, 'name'>) };
  const [, where = '', score = ''] = /^(\w+)\.(\w+)$/.exec(name) ?? [];
  if (Object.hasOwn(scores, where)) {
    return { name, ...number((job) => scores[where]?.(job, score)) };
  }
  const last = /(\w+)(?:\[\d+\])?$/.exec(name)?.[1];
  if (last !== undefined && (settings().has(last) || name.includes('['))) {
    return { name, kind: 'any', read: ({ parameters }) => settingsNamed(parameters, name) };
  }
  const known = [...Object.keys(named), ...settings()];
  const near = nearestName(last === undefined || !name.includes('.') ? name : last, known);
  const didYouMean = near === undefined ? undefined : name.replace(last ?? name, near);
  return {
    problem: `"${name}" is no field of a job and no setting of a request`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  };
}

/** By the whole path, or by its end: `optimizer.learningRate` is that of `training`. */
function settingsNamed(parameters: JobSummary['parameters'], name: string): Scalar[] {
  const whole = ownValue(parameters, name);
  if (whole !== undefined) return [whole];
  const end = `.${name}`;
  return Object.entries(parameters).flatMap(([path, value]) => (path.endsWith(end) ? [value] : []));
}

let known: ReadonlySet<string> | undefined;
/** Every name of a field that some request can have. */
function settings(): ReadonlySet<string> {
  known ??= propertyNames([JobCreate, LayerSpec]);
  return known;
}

function propertyNames(schema: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, value] of Object.entries(part)) {
      if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
      visit(value);
    }
  };
  visit(schema);
  return names;
}

function present<Value>(value: Value | null | undefined): Value[] {
  return value === null || value === undefined ? [] : [value];
}

/** Names come from a query: never a value of the prototype. */
function ownValue<Value>(record: Readonly<Record<string, Value>> | null | undefined, name: string) {
  return record !== null && record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
