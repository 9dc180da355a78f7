import { DescentError } from '@descent/errors';
import { type Methods, methods } from './operators.ts';
import type { Recording } from './recording.ts';
import { renderShape, type Shape } from './shape.ts';

export type TracedDtype = 'float32' | 'int32' | 'int64' | 'uint8' | 'bool';

/** Where a traced value comes from: what it becomes in the spec. */
export type Source =
  | { readonly kind: 'input' | 'parameter' | 'state' | 'constant' }
  | {
      readonly kind: 'node';
      readonly op: string;
      /** Undefined: an optional input that is left out. */
      readonly inputs: readonly (Traced | undefined)[];
      readonly attributes: Readonly<Record<string, AttributeValue>>;
      readonly outputs: number;
    }
  /** A further output of a node, by its place: 1 is the second. */
  | { readonly kind: 'output'; readonly of: Traced; readonly index: number }
  | {
      readonly kind: 'layer';
      readonly spec: { readonly type: string };
      readonly inputs: readonly Traced[];
    };

export type AttributeValue = number | string | readonly number[] | readonly string[];

/** What holds of every traced value; its operations are `Methods`. */
export class TracedValue {
  readonly recording: Recording;
  readonly source: Source;
  /** The batch axis is `'batch'`. Undefined where only the service infers it (a layer, an operation by name). */
  readonly shape: Shape | undefined;
  readonly dtype: TracedDtype;
  #name: string;

  constructor(
    recording: Recording,
    name: string,
    source: Source,
    shape: Shape | undefined,
    dtype: TracedDtype,
  ) {
    this.recording = recording;
    this.#name = name;
    this.source = source;
    this.shape = shape;
    this.dtype = dtype;
  }

  /** Of the value in the spec. */
  get name(): string {
    return this.source.kind === 'output' ? `${this.source.of.name}:${this.source.index}` : this.#name;
  }

  /** Names the operation in the spec (`logits`); inside `scope` the scope's name goes before it. */
  named(name: string): this {
    if (this.source.kind !== 'node' && this.source.kind !== 'layer') {
      const problem = `"${this.name}" has its name already; only results of operations are named`;
      throw new DescentError('TRACE_INVALID', { problem });
    }
    this.#name = this.recording.rename(this.#name, name);
    return this;
  }

  toString(): string {
    return `${this.name} ${renderShape(this.shape)}`;
  }

  /** `x > 0` and `+x` would compute with the object, not with its values, which do not exist yet. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new DescentError('TRACE_INVALID', {
      problem: `"${this.name}" has no numbers while the model is traced; compare with x.greater(y) and choose with condition.where(a, b)`,
    });
  }
}

/** A value of the model that is being traced: every method records one operation and returns its result. */
export interface Traced extends TracedValue, Methods {}

for (const [name, method] of Object.entries(methods)) {
  Object.defineProperty(TracedValue.prototype, name, {
    value(this: Traced, ...args: never[]) {
      return (method as (x: Traced, ...args: never[]) => Traced)(this, ...args);
    },
  });
}

export function createTraced(...args: ConstructorParameters<typeof TracedValue>): Traced {
  return new TracedValue(...args) as Traced;
}
