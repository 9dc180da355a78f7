import {
  createGraphBuilder,
  elementCountOf,
  explain,
  type Feeds,
  type Graph,
  type ValueName,
} from '@descent/autodiff';
import type { Explanation } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type CompiledModel, dropoutMask, viewOf } from '@descent/models';
import { type Tensor, tensor } from '@descent/tensors';

/** One question about a compiled model. */
export interface ModelQuestion {
  /** Node, value or layer whose sum is differentiated in place of the loss. */
  readonly of?: string;
  readonly nodes?: readonly string[];
  readonly check?: boolean;
  /** Flat, in the layout of the model. */
  readonly parameters: Float32Array;
  /** Features and labels, [rows, ...shape]. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly rows: number;
  /** What dropout masks are made from, as in training. */
  readonly seed: number;
  readonly step: number | null;
}

/**
 * Sends rows through a model and the gradient back, as in training: dropout and batch statistics included. The sum of
 * a value (`of`) is explained on the graph that predicts, which needs no labels.
 *
 * @throws DescentError GRAPH_VALUE_UNKNOWN, EXPLAIN_TOO_LARGE, GRAPH_INDEX_OUT_OF_RANGE
 */
export function explainModel(model: CompiledModel, question: ModelQuestion): Explanation {
  const { of = 'loss', nodes, check, rows, step } = question;
  const graph = question.of === undefined ? model.forward.training : withSumOf(model.forward.inference, of);
  const explanation = explain(graph, outputName(question.of), feedsOf(model, graph, question), {
    batch: rows,
    ...(nodes === undefined ? {} : { only: nodes }),
    ...(check === undefined ? {} : { check }),
  });
  // Numbers that JSON has no words for become text; everything else is what the contract says already.
  return JSON.parse(JSON.stringify({ of, step, ...explanation }, spellNumbers)) as Explanation;
}

/** Names of the inputs that a question needs. */
export function inputsNeeded(model: CompiledModel, of: string | undefined): readonly string[] {
  const { inputs } = of === undefined ? model.forward.training : model.forward.inference;
  return model.inputs.filter(({ name }) => inputs.includes(name)).map(({ name }) => name);
}

function outputName(of: string | undefined): string {
  return of === undefined ? 'loss' : 'sum';
}

function withSumOf(graph: Graph, of: string): Graph {
  const value = valueCalled(graph, of);
  const { dtype, shape } = graph.types.get(value)!;
  if (dtype !== 'float32') {
    throw new DescentError('GRAPH_NOT_DIFFERENTIABLE', { loss: of, problem: `it is ${dtype}` });
  }
  const builder = createGraphBuilder({ ...graph, outputs: new Map() });
  const { coefficient, power } = elementCountOf(shape);
  const sum = builder.inScope('sum', () => builder.add('ReduceSum', [value], { keepdims: 0 }));
  builder.output('sum', shape.length === 0 && coefficient === 1 && power === 0 ? value : sum);
  return builder.build();
}

/** A value by its name, or what a layer ends in. */
function valueCalled(graph: Graph, name: string): ValueName {
  if (graph.types.has(name)) return name;
  const last = graph.nodes.findLast((node) => node.layer === name || node.name === name);
  if (last === undefined) throw new DescentError('GRAPH_VALUE_UNKNOWN', { user: 'explain', value: name });
  return last.outputs[0]!;
}

function feedsOf(model: CompiledModel, graph: Graph, question: ModelQuestion): Feeds {
  const { parameters, inputs, rows, seed, step } = question;
  const masks = model.randomInputs.map(({ name, shape, rate, index }) => {
    const mask = new Float32Array(rows * shape.reduce((product, dim) => product * dim, 1));
    dropoutMask(mask, rate, index, { seed, step: step ?? 0, microBatch: 0 });
    return [name, tensor('float32', [rows, ...shape], mask)] as const;
  });
  const known = new Map<ValueName, Tensor>([
    ...inputs,
    ...masks,
    ...model.layout.entries.map(
      (entry) => [entry.name, tensor('float32', entry.shape, viewOf(parameters, entry))] as const,
    ),
  ]);
  const fed = [...graph.inputs, ...graph.parameters, ...graph.states];
  return Object.fromEntries(
    fed.flatMap((name) => {
      const value = known.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function spellNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
