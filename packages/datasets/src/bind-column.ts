import type { Column, Transform } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { elementCount } from '@descent/tensors';
import type { BoundColumn } from './input-binding.ts';
import type { Compiled, Flow, Rule, SizedStep } from './transforms/flow.ts';
import { rules } from './transforms/rules.ts';

/** A column on its way into an input, and where the job says so. */
export interface ColumnToBind {
  readonly column: Column;
  readonly transforms: readonly Transform[];
  /** Number of the column among those that share the transforms. */
  readonly index: number;
  readonly input: string;
  /** Field of the first transform, or of their list. */
  readonly path: string;
  readonly listed: boolean;
  /** Samples in which it is missing are left out. */
  readonly dropsMissing: boolean;
}

/** Runs the transforms of a column over what its manifest says of it. Throws TRANSFORM_INVALID. */
export function bindColumn(given: ColumnToBind): { readonly bound: BoundColumn; readonly flow: Flow } {
  const { column, transforms } = given;
  const steps: SizedStep[] = [];
  let flow = storedFlow(column, given.dropsMissing);
  transforms.forEach((transform, position) => {
    const path = given.listed ? `${given.path}[${position}]` : given.path;
    const invalid = (problem: string) =>
      new DescentError('TRANSFORM_INVALID', {
        path,
        transform: transform.type,
        input: given.input,
        column: column.name,
        problem,
      });
    const rule = rules[transform.type] as Rule<Transform>;
    const compiled: Compiled = rule.compile(transform, flow, {
      column,
      index: given.index,
      position,
      invalid,
    });
    flow = compiled.flow;
    const { step } = compiled;
    if (step?.kind === 'row') steps.push({ ...step, elements: elementCount(flow.shape) });
    else if (step !== undefined) steps.push(step);
  });
  const bound = {
    column: column.name,
    stored: column.shape,
    elements: elementCount(column.shape),
    width: elementCount(flow.shape),
    steps,
  };
  return { bound, flow };
}

function storedFlow({ dtype, shape, classes, kind, missing = 0, statistics }: Column, drops: boolean): Flow {
  const { minimum, maximum } = statistics;
  const dropsClass = drops && missing > 0 && classes !== undefined;
  return {
    shape,
    integer: dtype !== 'float32',
    gaps: dtype === 'float32' && missing > 0 && !drops,
    ...(classes === undefined ? {} : { classes: classes.length - (dropsClass ? 1 : 0) }),
    text: kind === 'text',
    // The class `missing` is the last one.
    range: { minimum, maximum: dropsClass ? Math.min(maximum, classes.length - 2) : maximum },
    bytes: dtype === 'uint8' && kind === undefined && classes === undefined,
    original: true,
  };
}
