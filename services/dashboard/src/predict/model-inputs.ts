import type { Dataset, Job } from '@descent/client';

type Shapes = Record<string, { readonly shape?: readonly number[] }>;

export interface ImageInput {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function inputsOf({ request }: Pick<Job, 'request'>): [string, { readonly shape?: readonly number[] }][] {
  return Object.entries((request.model.inputs ?? {}) as Shapes);
}

/** The one input of a model, where it is a grey or a coloured image. */
export function imageInputOf(job: Pick<Job, 'request'>): ImageInput | undefined {
  const inputs = inputsOf(job);
  const [only] = inputs;
  if (only === undefined || inputs.length > 1) return undefined;
  const [name, { shape = [] }] = only;
  const [height, width, channels] = shape;
  if (height === undefined || width === undefined || shape.length !== 3) return undefined;
  return channels === 1 || channels === 3 ? { name, height, width, channels } : undefined;
}

/** The one input of a model, where it is made of one column of text. */
export function textInputOf(job: Pick<Job, 'request'>, dataset: Dataset | undefined): string | undefined {
  const inputs = inputsOf(job);
  const [only] = inputs;
  if (only === undefined || inputs.length > 1) return undefined;
  const [source, ...others] = columnsOf(job, only[0]);
  if (others.length > 0) return undefined;
  const column = dataset?.manifest?.columns.find(({ name }) => name === source);
  return column?.kind === 'text' ? only[0] : undefined;
}

/**
 * A row for each input as a beginning to write over: zeros of its shape, or a value for each of the columns that it is
 * put together from.
 */
export function exampleOf(
  job: Pick<Job, 'request'>,
  dataset: Dataset | undefined,
): Record<string, unknown[]> {
  const zeros = ([size, ...rest]: readonly number[]): unknown =>
    size === undefined ? 0 : Array.from({ length: Math.min(size, 64) }, () => zeros(rest));
  const known = new Map(dataset?.manifest?.columns.map((column) => [column.name, column]));
  const cellOf = (column: string) => known.get(column)?.classes?.[0] ?? 0;
  return Object.fromEntries(
    inputsOf(job).map(([name, { shape = [] }]) => {
      const columns = columnsOf(job, name);
      return [name, [columns.length > 1 ? columns.map(cellOf) : zeros(shape)]];
    }),
  );
}

/** Names of the columns that an input is made of. */
function columnsOf({ request }: Pick<Job, 'request'>, input: string): string[] {
  const { columns = [input] } = request.data.inputs?.[input] ?? {};
  return columns.map((one) => (typeof one === 'string' ? one : one.name));
}
