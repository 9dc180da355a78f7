import { DescentError } from '@descent/errors';
import type { Tensor } from '@descent/tensors';
import { cost } from '../cost.ts';
import { differentiate } from '../differentiate.ts';
import { evaluate, type Feeds } from '../evaluate.ts';
import type { Attributes, Graph, Node, ValueName, ValueType } from '../graph.ts';
import { integer } from '../rules/attributes.ts';
import { numbers } from '../rules/numbers.ts';
import { checkValue, type ValueCheck } from './check-value.ts';
import { cutAt } from './cut.ts';
import {
  defaultExplainLimits,
  type ExplainLimits,
  evaluationWork,
  requireExplainable,
} from './explain-work.ts';
import { lectureShape } from './lecture-shape.ts';
import { type LocalDerivative, localDerivative } from './local-derivative.ts';
import { type Saturation, saturationOf } from './saturation.ts';
import { type SummaryLimits, summarizeTensor, type TensorSummary } from './tensor-summary.ts';

export interface ExplainOptions {
  readonly batch?: number;
  /** Nodes, values or layers to explain; left out: all. */
  readonly only?: readonly string[];
  /** False leaves the finite differences out. */
  readonly check?: boolean;
  readonly limits?: Partial<ExplainLimits>;
  readonly summary?: Partial<SummaryLimits>;
}

/** A value of the forward pass with what came back to it. */
export interface ValueExplanation {
  readonly name: ValueName;
  readonly role: 'input' | 'parameter' | 'state' | 'constant' | 'node';
  readonly dtype: ValueType['dtype'];
  /** As on a blackboard, the batch size as a word: `W [10 × 784]`. */
  readonly label: string;
  readonly value: TensorSummary;
  /** ∂loss/∂value, of the value's shape; null where the loss does not depend on the value, or it has no gradient. */
  readonly gradient: TensorSummary | null;
  /** Null where there is no gradient, or the finite differences would have taken too long. */
  readonly check: ValueCheck | null;
}

export interface NodeExplanation {
  readonly name: string;
  readonly op: Node['op'];
  readonly layer: string | null;
  /** Place in the topological order of the forward graph. */
  readonly index: number;
  readonly inputs: readonly ValueName[];
  readonly attributes: Attributes;
  /** Floating-point operations of the forward pass of this node, for this batch. */
  readonly flops: number;
  readonly derivative: LocalDerivative;
  readonly saturation: Saturation | null;
  readonly outputs: readonly ValueExplanation[];
}

export interface Explanation {
  readonly batch: number;
  /** The number that was differentiated: the sum over the samples of the batch. */
  readonly loss: number;
  /** Inputs, parameters, states and constants. */
  readonly leaves: readonly ValueExplanation[];
  /** The forward graph in topological order. */
  readonly nodes: readonly NodeExplanation[];
  readonly checks: {
    readonly passed: number;
    readonly failed: number;
    /** Values with a gradient that was not measured. */
    readonly skipped: number;
    readonly largestError: number;
  };
}

/** Elements moved per value, and where only some values are asked for. */
const elementsChecked = 4;
const elementsCheckedOfFew = 64;
/** In units of `evaluationWork`: about two seconds of finite differences. */
const checkBudget = 4e8;

/**
 * One batch through a forward graph and back again: every value, the gradient of the loss by it, and a measurement of
 * that gradient by finite differences, all by the reference evaluation in double precision.
 *
 * Parameters are measured first, then the values that are nearest to the loss, until a budget of work is used up.
 *
 * @param graph forward pass with the output `loss`: one float32 number
 * @throws DescentError EXPLAIN_TOO_LARGE, GRAPH_VALUE_UNKNOWN, and what `evaluate` and `differentiate` throw
 */
export function explain(graph: Graph, loss: string, feeds: Feeds, options: ExplainOptions = {}): Explanation {
  const { check = true, only } = options;
  const shown = chosenValues(graph, only);
  const behind = valuesBehindLoss(graph, loss);
  const wrt = [...shown].filter((value) => behind.has(value) && graph.types.get(value)!.dtype === 'float32');
  const differentiated = differentiate(graph, loss, wrt);
  const batch = options.batch ?? batchOf(graph, feeds);
  requireExplainable(differentiated, batch, { ...defaultExplainLimits, ...options.limits });

  const { values } = evaluate(graph, feeds, { batch, values: 'all' });
  const { outputs } = evaluate(differentiated, feeds, { batch });
  const gradients = new Map(wrt.map((value) => [value, outputs.get(`gradient/${value}`)!] as const));
  const lossHere = numbers(values.get(graph.outputs.get(loss)!)!)[0]!;
  const elements = only === undefined ? elementsChecked : elementsCheckedOfFew;
  const checks = check
    ? checkGradients({ graph, loss, values, gradients, batch, elements })
    : new Map<ValueName, ValueCheck>();

  const limits: SummaryLimits = { wholeElements: 64, sampleElements: 16, ...options.summary };
  const describe = (name: ValueName, role: ValueExplanation['role']): ValueExplanation => {
    const { dtype, shape } = graph.types.get(name)!;
    const gradient = gradients.get(name);
    return {
      name,
      role,
      dtype,
      label: `${name} [${lectureShape(shape)}]`,
      value: summarizeTensor(values.get(name)!, limits),
      gradient: gradient === undefined ? null : summarizeTensor(gradient, limits),
      check: checks.get(name) ?? null,
    };
  };
  const flops = new Map(cost(graph, batch).nodes.map((priced) => [priced.node.name, priced.flops]));
  const leaf = (role: ValueExplanation['role']) => (name: ValueName) => describe(name, role);
  const visible = (name: ValueName) => shown.has(name);
  const found = [...checks.values()];
  return {
    batch,
    loss: lossHere,
    leaves: [
      ...graph.inputs.filter(visible).map(leaf('input')),
      ...graph.parameters.filter(visible).map(leaf('parameter')),
      ...graph.states.filter(visible).map(leaf('state')),
      ...[...graph.constants.keys()].filter(visible).map(leaf('constant')),
    ],
    nodes: graph.nodes.flatMap((node, index) => {
      if (!node.outputs.some(visible)) return [];
      return [
        {
          name: node.name,
          op: node.op,
          layer: node.layer ?? null,
          index,
          inputs: node.inputs,
          attributes: node.attributes,
          flops: flops.get(node.name) ?? 0,
          derivative: localDerivative(node),
          saturation: saturationOf(
            node.op,
            values.get(node.outputs[0]!)!,
            integer(node.attributes, 'axis', -1),
          ),
          outputs: node.outputs.map((name) => describe(name, 'node')),
        },
      ];
    }),
    checks: {
      passed: found.filter(({ passed }) => passed).length,
      failed: found.filter(({ passed }) => !passed).length,
      skipped: gradients.size - found.length,
      largestError: found.reduce((most, { worst }) => Math.max(most, worst.relativeError), 0),
    },
  };
}

/** The values that `only` names, by their own names, the names of their nodes, or their layers. */
function chosenValues(graph: Graph, only: readonly string[] | undefined): ReadonlySet<ValueName> {
  if (only === undefined) return new Set(graph.types.keys());
  const chosen = new Set<ValueName>();
  for (const name of only) {
    const found = graph.nodes
      .filter((node) => node.name === name || node.layer === name)
      .flatMap(({ outputs }) => outputs);
    // The parameters of a layer are called `<layer>/<role>`.
    const own = graph.parameters.filter((parameter) => parameter.startsWith(`${name}/`));
    const all = [...(graph.types.has(name) ? [name] : []), ...found, ...own];
    if (all.length === 0) throw new DescentError('GRAPH_VALUE_UNKNOWN', { user: 'explain', value: name });
    for (const value of all) chosen.add(value);
  }
  return chosen;
}

/** Values that the loss is computed from; constants have no gradient that anybody could follow. */
function valuesBehindLoss(graph: Graph, loss: string): ReadonlySet<ValueName> {
  const value = graph.outputs.get(loss);
  if (value === undefined) throw new DescentError('GRAPH_VALUE_UNKNOWN', { user: 'explain', value: loss });
  const behind = new Set([value]);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => behind.has(output))) continue;
    for (const input of node.inputs) if (input !== '' && !graph.constants.has(input)) behind.add(input);
  }
  return behind;
}

function batchOf(graph: Graph, feeds: Feeds): number {
  for (const name of graph.inputs) {
    const axis = graph.types.get(name)!.shape.indexOf('batch');
    const size = Object.hasOwn(feeds, name) ? feeds[name]!.shape[axis] : undefined;
    if (size !== undefined) return size;
  }
  return 1;
}

interface Measurement {
  readonly graph: Graph;
  readonly loss: string;
  readonly values: ReadonlyMap<ValueName, Tensor>;
  readonly gradients: ReadonlyMap<ValueName, Tensor>;
  readonly batch: number;
  readonly elements: number;
}

function checkGradients(measurement: Measurement): Map<ValueName, ValueCheck> {
  const { graph, loss, values, gradients, batch, elements } = measurement;
  const position = new Map(
    graph.nodes.flatMap((node, index) => node.outputs.map((value) => [value, index] as const)),
  );
  const parameters = graph.parameters.filter((name) => gradients.has(name));
  const others = [...gradients.keys()]
    .filter((name) => !parameters.includes(name))
    .sort((a, b) => (position.get(b) ?? -1) - (position.get(a) ?? -1));
  let left = checkBudget;
  const checks = new Map<ValueName, ValueCheck>();
  for (const name of [...parameters, ...others]) {
    if (left <= 0) break;
    const cut = cutAt(graph, loss, name, values);
    const work = evaluationWork(cut.graph, batch);
    const gradient = gradients.get(name)!;
    // The value at the point itself, and one to each side of it per element.
    const affordable = Math.floor((left / work - 1) / 2);
    if (affordable < 1) continue;
    const result = checkValue(cut, loss, name, gradient, { elements: Math.min(elements, affordable), batch });
    checks.set(name, result);
    left -= work * (1 + 2 * result.checked);
  }
  return checks;
}
