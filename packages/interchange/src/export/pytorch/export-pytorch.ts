import { decompose, type Graph, type Node, type ValueName } from '@descent/autodiff';
import { type CompiledModel, inferenceGraph, isState } from '@descent/models';
import { dtypes, type Tensor } from '@descent/tensors';
import { reachable } from '../reachable.ts';
import type { TrainedModel } from '../trained-model.ts';
import { unsupported } from '../unsupported.ts';
import { pythonFloat, pythonNames, pythonTuple } from './python.ts';
import { numbersOf, type Statement, sizes } from './statement.ts';
import { constantDefinition, fileText } from './template.ts';
import { translations } from './translations.ts';

/**
 * One Python file that needs nothing but PyTorch: the model as a module whose `forward` computes what the job predicts,
 * and `load(path)`, which reads the weights from the safetensors file of the job.
 *
 * @throws DescentError EXPORT_UNSUPPORTED
 */
export function exportPytorch({ name, model }: Pick<TrainedModel, 'name' | 'model'>): string {
  return writePytorch({ ...model, name, graph: inferenceGraph(model) });
}

export interface PytorchSource extends Pick<CompiledModel, 'layout' | 'layers'> {
  readonly name: string;
  /** With the output `prediction` and perhaps `probabilities`. */
  readonly graph: Graph;
}

export function writePytorch({ name, layout, layers, graph: given }: PytorchSource): string {
  const graph = translatable(given);
  const prediction = graph.outputs.get('prediction')!;
  const probabilities = graph.outputs.get('probabilities');
  const { nodes, reads } = reachable(graph, [prediction]);
  const nameOf = pythonNames();
  const wanted = reachable(given, [given.outputs.get('prediction')!]).reads;
  const inputs = graph.inputs.filter((value) => wanted.has(value));
  for (const value of inputs) nameOf(value);
  const entries = layout.entries.filter(({ name }) => reads.has(name));
  const attributes = pythonNames();
  const constants = [...graph.constants].filter(([value, tensor]) => reads.has(value) && !isInline(tensor));
  const own = new Map<ValueName, string>([
    ...entries.map(({ name }) => [name, `self.${attributes(name)}`] as const),
    ...constants.map(([value]) => [value, `self.${attributes(value)}`] as const),
  ]);
  const expression = (value: ValueName): string => {
    const constant = graph.constants.get(value);
    if (constant !== undefined && isInline(constant)) return inline(constant);
    return own.get(value) ?? nameOf(value);
  };
  const outline = new Map(layers.map((layer) => [layer.name, layer]));
  const body = bodyOf(graph, nodes, expression, nameOf, (layer) => {
    const known = outline.get(layer);
    return known === undefined ? layer : `${layer}: ${known.type} -> ${pythonTuple(known.outputShape)}`;
  });
  const sizesWithBatch = inputs.flatMap((value) => {
    const axis = graph.types.get(value)!.shape.indexOf('batch');
    return axis === -1 ? [] : [`${nameOf(value)}.shape[${axis}]`];
  });
  const after =
    probabilities === undefined || probabilities === prediction
      ? []
      : reachable(graph, [probabilities]).nodes.filter((node) => !nodes.includes(node));
  return fileText({
    name,
    inputs: inputs.map((value) => ({
      name: nameOf(value),
      key: value,
      text: `${graph.types.get(value)!.dtype} ${pythonTuple(sizes(graph.types.get(value)!.shape))}`,
    })),
    prediction: pythonTuple(sizes(graph.types.get(prediction)!.shape)),
    parameters: entries.map((entry) => ({
      attribute: attributes(entry.name),
      key: entry.name,
      shape: entry.shape,
      kind: isState(entry) ? 'state' : entry.trainable ? 'trained' : 'frozen',
    })),
    constants: constants.map(([value, tensor]) => constantDefinition(attributes(value), tensor)),
    batch: body.some(readsBatch) ? sizesWithBatch[0] : undefined,
    body,
    result: expression(prediction),
    probabilities: bodyOf(
      graph,
      after,
      (value) => (value === prediction ? 'prediction' : expression(value)),
      nameOf,
    ),
    probability: probabilities && expression(probabilities),
  });
}

/** Expands what PyTorch has no words for, until only words are left. */
function translatable(graph: Graph): Graph {
  let current = graph;
  for (;;) {
    const { nodes } = reachable(current);
    const types = current;
    const silent = new Set(nodes.filter((node) => translate(types, node, (value) => value) === undefined));
    if (silent.size === 0) return current;
    const next = decompose(current, (node) => silent.has(node));
    const left = nodes.filter((node) => silent.has(node) && next.nodes.includes(node));
    if (next === current || left.length > 0) throw unsupported('PyTorch', left);
    current = next;
  }
}

function translate(
  graph: Graph,
  node: Node,
  expression: (value: ValueName) => string,
): readonly string[] | undefined {
  const statement: Statement = {
    node,
    input: (index) => {
      const value = node.inputs[index] ?? '';
      return value === '' ? undefined : expression(value);
    },
    inputType: (index) => graph.types.get(node.inputs[index]!)!,
    outputType: (index = 0) => graph.types.get(node.outputs[index]!)!,
    constant: (index) => graph.constants.get(node.inputs[index] ?? ''),
  };
  const result = translations[node.op]?.(statement);
  return typeof result === 'string' ? [result] : result;
}

function bodyOf(
  graph: Graph,
  nodes: readonly Node[],
  expression: (value: ValueName) => string,
  nameOf: (value: ValueName) => string,
  describe: (layer: string) => string = (layer) => layer,
): readonly string[] {
  const lines: string[] = [];
  let layer: string | undefined;
  for (const node of nodes) {
    if (node.layer !== undefined && node.layer !== layer) lines.push(`# ${describe(node.layer)}`);
    layer = node.layer;
    translate(graph, node, expression)!.forEach((text, index) => {
      lines.push(`${nameOf(node.outputs[index]!)} = ${text}`);
    });
  }
  return lines;
}

/** Shapes of results are written with the number of samples at hand. */
function readsBatch(line: string): boolean {
  return !line.startsWith('#') && /\bbatch\b/.test(line);
}

/** Numbers that are written where they are used. */
function isInline({ dtype, shape }: Tensor): boolean {
  return shape.length === 0 && (dtype === 'float32' || dtype === 'int64');
}

function inline(tensor: Tensor): string {
  const [value] = numbersOf(tensor) as readonly [number];
  return dtypes[tensor.dtype].bytes === 8 ? String(value) : pythonFloat(value);
}
