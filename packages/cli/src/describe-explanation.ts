import type { ExplainedValue, Explanation, TensorSummary } from '@descent/contracts';
import { shapeOf } from './describe-graph.ts';
import { decimal, percent, table } from './format.ts';

type ExplainedNode = Explanation['nodes'][number];
type Real = NonNullable<TensorSummary['values']>[number];

/** The forward pass top down, the backward pass as it runs, and what the finite differences say. */
export function describeExplanation(explanation: Explanation): string {
  const { of, batch, loss, step, leaves, nodes } = explanation;
  const parts = [
    `${of === 'loss' ? 'loss' : `sum of ${of}`} ${real(loss)} over ${batch === 1 ? 'one sample' : `${batch} samples`}` +
      (step === null ? '' : `, parameters after step ${step}`),
    '',
    'Forward',
    table([
      ['#', 'operation', 'value', 'shape', 'reads', 'numbers'],
      ...leaves
        .filter(isShown)
        .map((leaf) => ['', leaf.role, leaf.name, shapeOf(leaf.label), '', numbers(leaf.value)]),
      ...nodes.flatMap((node) =>
        node.outputs.map((output) => [
          String(node.index),
          node.op,
          output.name,
          shapeOf(output.label),
          node.inputs.filter((input) => input !== '').join(', '),
          numbers(output.value),
        ]),
      ),
    ]),
    '',
    'Backward',
    table([
      ['value', 'gradient of the loss', 'difference', 'what the operation does'],
      ...nodes.toReversed().flatMap((node) => node.outputs.flatMap((output) => backwardRow(output, node))),
      ...leaves.filter(isShown).flatMap((leaf) => backwardRow(leaf, null)),
    ]),
    '',
    checks(explanation),
  ];
  const saturated = nodes.flatMap(saturation);
  return [...parts, ...(saturated.length === 0 ? [] : ['', ...saturated])].join('\n');
}

/** Everything about some nodes, one after the other. */
export function describeNodes(explanation: Explanation): string {
  const nodes = explanation.nodes.flatMap((node) => [
    `${node.name}: ${node.op}(${node.inputs.join(', ')})${node.layer === null ? '' : ` in layer ${node.layer}`}`,
    `  ${node.derivative.role}: ${node.derivative.words}`,
    `  ${node.derivative.formula}`,
    ...saturation(node).map((line) => `  ${line}`),
    ...node.outputs.flatMap(describeValue),
    '',
  ]);
  const leaves = explanation.leaves.flatMap((leaf) => [...describeValue(leaf), '']);
  return [...leaves, ...nodes, checks(explanation)].join('\n');
}

function describeValue({ label, value, gradient, check }: ExplainedValue): string[] {
  return [
    `  ${label}`,
    `    value     ${allNumbers(value)}`,
    ...(gradient === null
      ? ['    gradient  none: the loss does not depend on it']
      : [`    gradient  ${allNumbers(gradient)}`]),
    ...(check === null
      ? []
      : [
          `    checked   ${check.checked} of ${check.of} elements; furthest off at [${check.worst.index.join(', ')}]: derived ` +
            `${real(check.worst.derived)}, measured ${real(check.worst.measured)} (${difference(check)})`,
        ]),
  ];
}

function backwardRow({ name, gradient, check }: ExplainedValue, node: ExplainedNode | null): string[][] {
  if (gradient === null) return [];
  const does = node === null ? '' : `${node.derivative.role}: ${node.derivative.formula}`;
  return [[name, numbers(gradient), check === null ? '' : difference(check), does]];
}

function difference({ passed, corners, worst }: NonNullable<ExplainedValue['check']>): string {
  const error = `${passed ? '✓' : '✗'} ${real(worst.relativeError)}`;
  return corners === 0 ? error : `${error} (${corners} at a corner)`;
}

function checks({ checks: { passed, failed, skipped, largestError } }: Explanation): string {
  if (passed + failed === 0) return 'No gradient was held against finite differences.';
  const rest = skipped === 0 ? '' : `; ${skipped} were left out, to keep the answer quick`;
  return failed === 0
    ? `All ${passed} gradients agree with finite differences, within ${real(largestError)}${rest}.`
    : `${failed} of ${passed + failed} gradients are off, by up to ${real(largestError)}${rest}.`;
}

function saturation({ name, saturation: found }: ExplainedNode): string[] {
  if (found === null || found.share === 0) return [];
  const units =
    found.units === null || found.units.count === 0
      ? ''
      : `; ${found.units.count} of ${found.units.of} units always`;
  return [`${name}: ${percent(found.share)} of the values ${found.words}${units}`];
}

/** Shapes and axes are constants that every graph has: only numbers are worth a line. */
function isShown({ role, dtype }: ExplainedValue): boolean {
  return role !== 'constant' || dtype === 'float32';
}

const fewNumbers = 6;

function numbers({ values, statistics, elements }: TensorSummary): string {
  if (values !== null && elements <= fewNumbers) return list(values);
  const { mean, standardDeviation, minimum, maximum, zeroShare, nanCount, infiniteCount } = statistics;
  const facts = [
    mean === null
      ? ''
      : `${real(mean)} ± ${real(standardDeviation ?? 0)} in ${real(minimum ?? 0)} … ${real(maximum ?? 0)}`,
    zeroShare === 0 ? '' : `${percent(zeroShare)} zero`,
    nanCount === 0 ? '' : `${nanCount} NaN`,
    infiniteCount === 0 ? '' : `${infiniteCount} infinite`,
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

function allNumbers(tensor: TensorSummary): string {
  if (tensor.values !== null) return list(tensor.values);
  const sample = (tensor.sample ?? [])
    .slice(0, 4)
    .map(({ index, value }) => `[${index.join(', ')}] ${real(value)}`);
  const { norm } = tensor.statistics;
  return `${numbers(tensor)}${norm === null ? '' : `, L2 norm ${real(norm)}`}; ${sample.join(', ')}, …`;
}

function list(values: readonly Real[]): string {
  return values.length === 1 ? real(values[0] ?? 0) : `[${values.map(real).join(', ')}]`;
}

function real(value: Real): string {
  return typeof value === 'number' ? decimal(value) : value;
}
