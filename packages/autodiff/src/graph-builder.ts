import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { checkDims, checkSize } from './check-shape.ts';
import type { Shape } from './dim.ts';
import type { Attributes, Graph, Node, ValueName, ValueType } from './graph.ts';
import { inferTypes } from './infer-types.ts';
import { knownValues } from './known-values.ts';
import { type OperationName, operationOf, operations } from './operations/index.ts';
import { integersOf, tensorOf } from './rules/numbers.ts';

/**
 * Grows a graph node by node; infers and checks each node's types as it is added, so a graph that was built is a
 * graph that is well-typed. Implemented by `createGraphBuilder`.
 */
export interface GraphBuilder {
  input(name: string, type: ValueType): ValueName;
  parameter(name: string, shape: Shape): ValueName;
  state(name: string, shape: Shape): ValueName;
  /** A missing name is derived; a given one must be free. */
  constant(value: Tensor, name?: string): ValueName;
  /** float32 scalar constant, shared by value. */
  scalar(value: number): ValueName;
  /** int64 vector constant (shapes, axes), shared by value. */
  integers(values: readonly number[]): ValueName;
  /** Adds a node with one output and returns it. A missing name is derived from the operation. */
  add(op: OperationName, inputs: readonly ValueName[], attributes?: Attributes, name?: string): ValueName;
  /** Adds a node with several outputs: the first carries the node's name, the others `name:1`, … */
  addMany(
    op: OperationName,
    inputs: readonly ValueName[],
    attributes: Attributes,
    outputs: number,
    name?: string,
  ): readonly ValueName[];
  output(name: string, value: ValueName): void;
  type(value: ValueName): ValueType;
  /** The value of a constant of the graph; undefined for every other value. */
  constantValue(value: ValueName): Tensor | undefined;
  /** An integer vector or scalar as far as constants and shapes decide it; it may hold `batch`. */
  shapeValue(value: ValueName): Shape | undefined;
  /** Nodes added inside `body` carry this layer name (none: undefined). Derived names start with it. */
  inLayer<Result>(layer: string | undefined, body: () => Result): Result;
  /** Names derived inside `body` start with `scope/`, whatever the layer is. */
  inScope<Result>(scope: string, body: () => Result): Result;
  /** Nodes so far, those of the graph that it extends first. */
  readonly nodes: readonly Node[];
  build(): Graph;
}

/** A new graph, or one that extends `from` (which stays as it is). */
export function createGraphBuilder(from?: Graph): GraphBuilder {
  const inputs = [...(from?.inputs ?? [])];
  const parameters = [...(from?.parameters ?? [])];
  const states = [...(from?.states ?? [])];
  const constants = new Map(from?.constants);
  const nodes = [...(from?.nodes ?? [])];
  const outputs = new Map(from?.outputs);
  const types = new Map(from?.types);
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const names = new Set([...types.keys(), ...nodes.map((node) => node.name)]);
  const serials = new Map<string, number>();
  const shared = new Map<string, ValueName>();
  for (const [name, value] of constants) {
    const key = sharingKey(value);
    if (key !== undefined && !shared.has(key)) shared.set(key, name);
  }
  const known = knownValues({
    type: (value) => types.get(value)!,
    constant: (value) => constants.get(value),
    producer: (value) => producers.get(value),
  });
  // In order, so that each is one step from known ones, however long the chain is.
  for (const value of nodes.flatMap((node) => node.outputs)) known(value);
  let layer: string | undefined;
  let scope: string | undefined;

  const free = (stem: string): string => {
    if (!names.has(stem)) return stem;
    // Names are never given back, so the search goes on where the last one for this stem ended.
    let serial = serials.get(stem) ?? 2;
    while (names.has(`${stem}_${serial}`)) serial += 1;
    serials.set(stem, serial);
    return `${stem}_${serial}`;
  };
  const derive = (stem: string): string => {
    const prefix = scope ?? layer;
    return free(prefix === undefined ? stem : `${prefix}/${stem}`);
  };
  const claim = (name: string): string => {
    if (names.has(name)) throw new DescentError('GRAPH_NAME_TAKEN', { name });
    if (name === '') throw new DescentError('GRAPH_NAME_TAKEN', { name: '(empty)' });
    names.add(name);
    return name;
  };
  const declare = (list: ValueName[], name: string, type: ValueType): ValueName => {
    checkDims(name, type.shape);
    checkSize(name, type.shape);
    claim(name);
    list.push(name);
    types.set(name, type);
    return name;
  };
  const typeFor = (user: string, value: ValueName): ValueType => {
    const type = types.get(value);
    if (type === undefined) throw new DescentError('GRAPH_VALUE_UNKNOWN', { user, value });
    return type;
  };
  const addConstant = (value: Tensor, name: string): ValueName => {
    claim(name);
    constants.set(name, value);
    types.set(name, { dtype: value.dtype, shape: value.shape });
    return name;
  };
  const share = (value: Tensor, stem: string): ValueName => {
    const key = sharingKey(value);
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined) return known;
    const name = addConstant(value, free(stem));
    if (key !== undefined) shared.set(key, name);
    return name;
  };
  const shapeValue = (value: ValueName): Shape | undefined => {
    const constant = constants.get(value);
    if (constant !== undefined) return constant.shape.length <= 1 ? integersOf(constant) : undefined;
    const derived = types.has(value) ? known(value) : undefined;
    return derived !== undefined && derived.shape.length <= 1 ? derived.elements : undefined;
  };
  /** An axis, bound or shape that nodes compute from shapes alone is written as the constant it is. */
  const settled = (op: OperationName, value: ValueName, index: number): ValueName => {
    const rules = Object.hasOwn(operations, op) ? operationOf(op).inputs : [];
    if ((rules[index] ?? rules.at(-1))?.dtypes !== 'index' || !producers.has(value)) return value;
    const { dtype } = typeFor(op, value);
    const derived = dtype === 'int64' || dtype === 'int32' ? known(value) : undefined;
    if (derived === undefined || derived.elements.some((element) => typeof element !== 'number'))
      return value;
    const elements = Float64Array.from(derived.elements, Number);
    return share(
      tensorOf({ dtype, shape: derived.shape }, elements),
      elements.length > 16 ? 'constant/integers' : `constant/[${elements.join(',')}]`,
    );
  };

  const addMany: GraphBuilder['addMany'] = (op, given, attributes, count, name) => {
    const node: Node = {
      name: name ?? derive(op),
      op,
      inputs: given.map((value, index) => settled(op, value, index)),
      outputs: [],
      attributes,
      ...(layer === undefined ? {} : { layer }),
    };
    const inferred = inferTypes(node, {
      type: (value) => typeFor(node.name, value),
      constant: (value) => constants.get(value),
      shapeValue,
      outputs: count,
    });
    for (const { shape } of inferred) checkSize(node.name, shape);
    claim(node.name);
    const values = inferred.map((type, index) => {
      const value = index === 0 ? node.name : claim(`${node.name}:${index}`);
      types.set(value, type);
      return value;
    });
    const complete = { ...node, outputs: values };
    nodes.push(complete);
    for (const value of values) producers.set(value, complete);
    for (const value of values) known(value);
    return values;
  };

  return {
    input: (name, type) => declare(inputs, name, type),
    parameter: (name, shape) => declare(parameters, name, { dtype: 'float32', shape }),
    state: (name, shape) => declare(states, name, { dtype: 'float32', shape }),
    constant: (value, name) => addConstant(value, name ?? derive('constant')),
    scalar: (value) =>
      share({ dtype: 'float32', shape: [], data: Float32Array.of(value) }, `constant/${value}`),
    integers: (values) =>
      share(
        { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) },
        values.length > 16 ? 'constant/integers' : `constant/[${values.join(',')}]`,
      ),
    add: (op, given, attributes = {}, name) => addMany(op, given, attributes, 1, name)[0]!,
    addMany,
    output: (name, value) => {
      typeFor(name, value);
      if (outputs.has(name)) throw new DescentError('GRAPH_NAME_TAKEN', { name });
      outputs.set(name, value);
    },
    type: (value) => typeFor(value, value),
    constantValue: (value) => constants.get(value),
    shapeValue,
    inLayer: (name, body) => {
      const before = layer;
      layer = name;
      try {
        return body();
      } finally {
        layer = before;
      }
    },
    inScope: (name, body) => {
      const before = scope;
      scope = name;
      try {
        return body();
      } finally {
        scope = before;
      }
    },
    nodes,
    build: () => ({
      inputs: [...inputs],
      parameters: [...parameters],
      states: [...states],
      constants: new Map(constants),
      nodes: [...nodes],
      outputs: new Map(outputs),
      types: new Map(types),
    }),
  };
}

/** Scalars and integer vectors are shared by value; larger constants are left to `simplify`. */
function sharingKey({ dtype, shape, data }: Tensor): string | undefined {
  if (dtype === 'float32' && shape.length === 0) return Object.is(data[0], -0) ? '-0' : `${data[0]}`;
  if (dtype === 'int64' && shape.length === 1 && data.length <= 16) return `[${data.join(',')}]`;
  return undefined;
}
