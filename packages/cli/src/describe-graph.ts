import type { JobGraph } from '@descent/contracts';
import { count, decimal, table } from './format.ts';

/** A computation graph as a table, one line a node, and its totals. */
export function describeGraph({ nodes, values, layers, totals, batch }: JobGraph): string {
  const labels = new Map(values.map(({ name, label }) => [name, label]));
  const rows = nodes.map(({ index, name, op, part, differentiates, inputs, outputs, flops, parameters }) => [
    String(index),
    part === 'backward' && differentiates !== null ? `${part} of ${differentiates}` : part,
    op,
    name,
    inputs.filter((input) => input !== '').join(', '),
    outputs.map((output) => shapeOf(labels.get(output) ?? '')).join(', '),
    parameters === 0 ? '' : count(parameters),
    flops === 0 ? '' : count(flops),
  ]);
  const groups = layers.map(({ name, type, outputShape, parameters, nodes: own, backwardNodes }) => [
    name,
    type,
    outputShape.join(' × '),
    count(parameters),
    String(own.length),
    String(backwardNodes.length),
  ]);
  return [
    table([['#', 'part', 'operation', 'node', 'reads', 'shape', 'parameters', 'FLOP'], ...rows]),
    '',
    table([['layer', 'type', 'output', 'parameters', 'forward nodes', 'backward nodes'], ...groups]),
    '',
    `${count(totals.parameters)} parameters; for ${batch === 1 ? 'one sample' : `${count(batch)} samples`}: ` +
      `${mega(totals.forwardFlops)} forward, ${mega(totals.backwardFlops)} backward`,
  ].join('\n');
}

/** `h [batch × 128]` → `batch × 128` */
export function shapeOf(label: string): string {
  return label.slice(label.lastIndexOf('[') + 1, -1);
}

function mega(flops: number): string {
  return flops < 1e5 ? `${count(flops)} FLOP` : `${decimal(flops / 1e6)} MFLOP`;
}
