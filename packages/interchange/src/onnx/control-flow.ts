import { DescentError } from '@descent/errors';
import type { GraphProto } from '@descent/onnx-format';
import type { Tensor } from '@descent/tensors';
import { type Emitter, integers } from './emitter.ts';
import { nodeError } from './import-error.ts';
import type { ImportLimits } from './import-limits.ts';
import { operationNamed } from './operators/plain.ts';
import { graphOf, integerOf, integersOf, type OnnxNode } from './read-graph.ts';
import { constantOf, known, type Value } from './value.ts';

export interface ControlFlow {
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly opset: number;
  readonly emitter: Emitter;
  readonly limits: ImportLimits;
  /** Runs a sub-graph in the scope of the node. */
  run(graph: GraphProto, inputs: readonly Value[]): readonly Value[];
}

/** If, Loop and Scan with a condition and a trip count that are known while importing: unrolled. */
export function controlFlow(context: ControlFlow): readonly Value[] {
  switch (context.node.op) {
    case 'If':
      return branch(context);
    case 'Loop':
      return loop(context);
    default:
      return scan(context);
  }
}

function branch({ node, inputs, run }: ControlFlow): readonly Value[] {
  const condition = constantOf(inputs[0]);
  if (condition === undefined) throw nodeError(node.place, 'its condition depends on data');
  return run(bodyOf(node, Number(condition.data[0]) === 0 ? 'else_branch' : 'then_branch'), []);
}

function loop(context: ControlFlow): readonly Value[] {
  const { node, inputs, run, emitter, limits } = context;
  const body = bodyOf(node, 'body');
  const [count, first, ...initial] = inputs;
  const trips =
    count === undefined ? Number.POSITIVE_INFINITY : Number(knownHere(node, count, 'trip count').data[0]);
  let going = first === undefined || Number(knownHere(node, first, 'condition').data[0]) !== 0;
  let carried = initial as readonly Value[];
  const scanned: Value[][] = body.output.slice(1 + carried.length).map(() => []);
  for (let trip = 0; going && trip < trips; trip += 1) {
    if (trip >= limits.iterations) throw tooMany(limits);
    const condition = known({ dtype: 'bool', shape: [], data: Uint8Array.of(1) });
    const [next, ...results] = run(body, [known(int64(trip)), condition, ...carried]);
    going = Number(knownHere(node, next, 'condition').data[0]) !== 0;
    carried = results.slice(0, carried.length);
    results.slice(carried.length).forEach((value, index) => {
      scanned[index]!.push(value);
    });
  }
  return [...carried, ...scanned.map((values) => stacked(node, emitter, values, 0))];
}

function scan(context: ControlFlow): readonly Value[] {
  const { node, opset, inputs, run, emitter, limits } = context;
  if (opset < 9) throw nodeError(node.place, 'is of an opset before 9');
  const body = bodyOf(node, 'body');
  const sequences = integerOf(node, 'num_scan_inputs') ?? 0;
  const values = inputs as readonly Value[];
  const states = values.length - sequences;
  const [directions, ends] = ['scan_input_directions', 'scan_output_directions'].map(
    (name) => integersOf(node, name) ?? [],
  );
  const [axes, outputAxes] = ['scan_input_axes', 'scan_output_axes'].map(
    (name) => integersOf(node, name) ?? [],
  );
  const axisOf = (index: number) => {
    const axis = axes![index] ?? 0;
    return axis < 0 ? axis + emitter.type(values[states + index]!).shape.length : axis;
  };
  const steps = emitter.type(values[states]!).shape[axisOf(0)];
  if (typeof steps !== 'number') throw nodeError(node.place, 'runs along the batch axis');
  if (steps > limits.iterations) throw tooMany(limits);
  let carried = values.slice(0, states);
  const scanned: Value[][] = body.output.slice(states).map(() => []);
  for (let step = 0; step < steps; step += 1) {
    const elements = values.slice(states).map((sequence, index) => {
      const at = directions![index] === 1 ? steps - 1 - step : step;
      return emitter.emit(operationNamed(node, 'Gather'), [sequence, known(int64(at))], {
        axis: axisOf(index),
      })[0]!;
    });
    const results = run(body, [...carried, ...elements]);
    carried = results.slice(0, states);
    results.slice(states).forEach((value, index) => {
      if (ends![index] === 1) scanned[index]!.unshift(value);
      else scanned[index]!.push(value);
    });
  }
  return [...carried, ...scanned.map((list, index) => stacked(node, emitter, list, outputAxes![index] ?? 0))];
}

function stacked(node: OnnxNode, emitter: Emitter, values: readonly Value[], axis: number): Value {
  if (values.length === 0)
    throw nodeError(node.place, 'collects the results of no iteration, an empty tensor');
  const rank = emitter.type(values[0]!).shape.length + 1;
  const at = axis < 0 ? axis + rank : axis;
  const columns = values.map((value) => emitter.emit('Unsqueeze', [value, integers(at)])[0]!);
  return columns.length === 1 ? columns[0]! : emitter.emit('Concat', columns, { axis: at })[0]!;
}

function bodyOf(node: OnnxNode, name: string): GraphProto {
  const graph = graphOf(node, name);
  if (graph === undefined) throw nodeError(node.place, `has no ${name}`);
  return graph;
}

function knownHere(node: OnnxNode, value: Value | undefined, what: string): Tensor {
  const tensor = constantOf(value);
  if (tensor !== undefined) return tensor;
  throw nodeError(node.place, `its ${what} depends on data, so it cannot be unrolled`);
}

function int64(value: number): Tensor {
  return { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value)) };
}

function tooMany({ iterations }: ImportLimits): DescentError {
  return new DescentError('ONNX_TOO_LARGE', {
    what: 'iterations of a loop',
    actual: `more than ${iterations}`,
    limit: iterations,
  });
}
