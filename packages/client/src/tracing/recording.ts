import type { Initializer } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import type { Shape } from './shape.ts';
import { type AttributeValue, createTraced, type Source, type Traced, type TracedDtype } from './traced.ts';

export interface ParameterOptions {
  /** Default: `glorotUniform`, for vectors `zeros`. */
  readonly initializer?: Initializer;
  /** Default true; a frozen parameter costs no backward pass. */
  readonly trainable?: boolean;
}

export interface StateOptions {
  /** Default: `glorotUniform`, for vectors `zeros`. */
  readonly initializer?: Initializer;
  /** Share of the old value that a step keeps; default 0.9. */
  readonly momentum?: number;
}

export interface ConstantData {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype: 'float32' | 'int64';
}

/** Names that a spec gives to nodes, layers, parameters and constants. */
const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** What one call of `trace` has seen so far, in the order it happened. */
export class Recording {
  /** Results of operations and layers, in topological order. */
  readonly results: Traced[] = [];
  readonly parameters = new Map<string, ParameterOptions>();
  readonly parameterValues = new Map<string, Traced>();
  readonly states = new Map<string, StateOptions & { readonly shape: readonly number[] }>();
  readonly constants = new Map<string, ConstantData>();
  readonly #shared = new Map<string, Traced>();
  readonly #given = new Set<string>();
  readonly #derived = new Set<string>();
  readonly #serials = new Map<string, number>();
  #scope = '';

  input(name: string, shape: readonly number[], dtype: TracedDtype): Traced {
    this.#given.add(name);
    return createTraced(this, name, { kind: 'input' }, ['batch', ...shape], dtype);
  }

  /** A name that the loss refers to, which nothing of the model may take. */
  reserve(name: string): void {
    this.#given.add(name);
  }

  parameter(name: string, shape: readonly number[], options: ParameterOptions): Traced {
    const full = this.#claim(name);
    const value = createTraced(this, full, { kind: 'parameter' }, [...shape], 'float32');
    this.parameters.set(full, options);
    this.parameterValues.set(full, value);
    return value;
  }

  state(name: string, shape: readonly number[], options: StateOptions): Traced {
    const full = this.#claim(name);
    this.states.set(full, { ...options, shape });
    return createTraced(this, full, { kind: 'state' }, [...shape], 'float32');
  }

  /** Equal constants are one. */
  constant(data: ConstantData, stem = 'constant'): Traced {
    const key = `${data.dtype} [${data.shape}] ${data.values}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.#derive(stem);
    const value = createTraced(this, name, { kind: 'constant' }, data.shape, data.dtype);
    this.constants.set(name, data);
    this.#shared.set(key, value);
    return value;
  }

  scalar(value: number, dtype: 'float32' | 'int64'): Traced {
    return this.constant({ shape: [], values: [value], dtype });
  }

  integers(values: readonly number[]): Traced {
    return this.constant({ shape: [values.length], values, dtype: 'int64' }, 'integers');
  }

  node(
    op: string,
    inputs: readonly (Traced | undefined)[],
    attributes: Readonly<Record<string, AttributeValue | undefined>>,
    shape: Shape | undefined,
    dtype: TracedDtype,
  ): Traced {
    const given = Object.entries(attributes).filter(
      (entry): entry is [string, AttributeValue] => entry[1] !== undefined,
    );
    return this.#result(
      op,
      { kind: 'node', op, inputs, attributes: Object.fromEntries(given), outputs: 1 },
      shape,
      dtype,
    );
  }

  /** A node with several outputs, one per shape. */
  nodes(
    op: string,
    inputs: readonly (Traced | undefined)[],
    attributes: Readonly<Record<string, AttributeValue>>,
    shapes: readonly (Shape | undefined)[],
    dtype: TracedDtype,
  ): readonly Traced[] {
    const outputs = shapes.length;
    const first = this.#result(op, { kind: 'node', op, inputs, attributes, outputs }, shapes[0], dtype);
    const others = shapes
      .slice(1)
      .map((shape, place) =>
        createTraced(this, '', { kind: 'output', of: first, index: place + 1 }, shape, dtype),
      );
    return [first, ...others];
  }

  layer(spec: { readonly type: string }, inputs: readonly Traced[], shape: Shape | undefined): Traced {
    return this.#result(spec.type, { kind: 'layer', spec, inputs }, shape, 'float32');
  }

  rename(from: string, to: string): string {
    this.#given.delete(from);
    this.#derived.delete(from);
    return this.#claim(to);
  }

  inScope<Result>(scope: string, body: () => Result): Result {
    const before = this.#scope;
    this.#scope = `${before}${scope}_`;
    try {
      return body();
    } finally {
      this.#scope = before;
    }
  }

  /** @throws DescentError TRACE_INVALID when the value belongs to another trace */
  own(value: Traced): Traced {
    if (value.recording === this) return value;
    throw new DescentError('TRACE_INVALID', {
      problem: `"${value.name}" belongs to another model: a value cannot be used outside the trace that made it`,
    });
  }

  #result(stem: string, source: Source, shape: Shape | undefined, dtype: TracedDtype): Traced {
    for (const input of source.kind === 'node' || source.kind === 'layer' ? source.inputs : []) {
      if (input !== undefined) this.own(input);
    }
    const value = createTraced(this, this.#derive(stem), source, shape, dtype);
    this.results.push(value);
    return value;
  }

  #claim(name: string): string {
    const full = `${this.#scope}${name}`;
    if (!namePattern.test(full)) {
      const problem = `"${full}" is no name: letters, digits and _ (64 at most), not a digit first`;
      throw new DescentError('TRACE_INVALID', { problem });
    }
    if (this.#given.has(full) || this.#derived.has(full)) {
      throw new DescentError('TRACE_INVALID', { problem: `the name "${full}" is used twice` });
    }
    this.#given.add(full);
    return full;
  }

  #derive(stem: string): string {
    const base = `${this.#scope}${stem.charAt(0).toLowerCase()}${stem.slice(1)}`;
    let serial = this.#serials.get(base) ?? 0;
    let name: string;
    do {
      serial += 1;
      name = `${base}_${serial}`;
    } while (this.#given.has(name) || this.#derived.has(name));
    this.#serials.set(base, serial);
    this.#derived.add(name);
    return name;
  }
}
