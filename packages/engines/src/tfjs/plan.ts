import {
  bind,
  type ConcreteType,
  decompose,
  type Graph,
  lastUses,
  type Node,
  operationOf,
  type ValueName,
} from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import { elementCount, type Tensor } from '@descent/tensors';
import type { Port } from '../engine.ts';
import { portOf } from '../ports.ts';
import { nodesFor } from '../prune.ts';
import type { Lowering } from './lowering.ts';
import { lowerings } from './lowerings/index.ts';
import { reference } from './lowerings/reference.ts';
import { isTfjsDtype } from './transfer.ts';

/** One node, ready to run. */
export interface Step {
  readonly node: Node;
  readonly lowering: Lowering;
  readonly inputTypes: readonly (ConcreteType | undefined)[];
  readonly outputTypes: readonly ConcreteType[];
  /** Values that nothing reads after this step. */
  readonly drops: readonly ValueName[];
}

/** A graph for a fixed batch size as a list of steps. */
export interface Plan {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** The value behind each output. */
  readonly results: readonly ValueName[];
  readonly constants: ReadonlyMap<ValueName, Tensor>;
  readonly types: ReadonlyMap<ValueName, ConcreteType>;
  readonly steps: readonly Step[];
}

export function planGraph(given: Graph, batch: number, outputNames: readonly string[]): Plan {
  const graph = decompose(
    given,
    ({ op }) => lowerings[op] === undefined && operationOf(op).decompose !== undefined,
  );
  const outputs = outputNames.map((name) => portOf(graph, name, graph.outputs.get(name)!, batch));
  const results = outputNames.map((name) => graph.outputs.get(name)!);
  const { nodes, reads } = nodesFor(graph, results);
  const inputs = [...graph.inputs, ...graph.parameters, ...graph.states]
    .filter((value) => reads.has(value))
    .map((value) => portOf(graph, value, value, batch));
  const types = new Map(
    [...graph.types].map(([value, { dtype, shape }]) => [value, { dtype, shape: bind(shape, batch) }]),
  );
  for (const { name, dtype } of inputs) checkDtype(dtype, name, 'input', name);

  const kept = new Map(results.map((value, index) => [String(index), value]));
  const drops = lastUses({ ...graph, nodes, outputs: kept });
  const steps = nodes.map((node, position): Step => {
    const inputTypes = node.inputs.map((value) => types.get(value));
    const outputTypes = node.outputs.map((value) => types.get(value)!);
    for (const [index, { dtype }] of outputTypes.entries()) {
      checkDtype(dtype, node.outputs[index]!, node.op, node.name);
    }
    // Kernels read and write memory that an empty tensor does not have.
    const isEmpty = [...inputTypes, ...outputTypes].some((type) => type && elementCount(type.shape) === 0);
    const lowering = isEmpty ? reference : (lowerings[node.op] ?? reference);
    return { node, lowering, inputTypes, outputTypes, drops: drops[position]! };
  });
  const constants = new Map([...graph.constants].filter(([name]) => reads.has(name)));
  for (const [name, { dtype }] of constants) checkDtype(dtype, name, 'constant', name);
  return { inputs, outputs, results, constants, types, steps };
}

function checkDtype(dtype: ConcreteType['dtype'], value: ValueName, op: string, node: string): void {
  if (isTfjsDtype(dtype)) return;
  throw new DescentError('ENGINE_DTYPE_UNSUPPORTED', { node, op, value, dtype, engine: 'tfjs' });
}
