import type { GraphBuilder, ValueName } from '@descent/autodiff';
import type { Activation } from '@descent/contracts';
import { asWritten, type Feature, toAsWritten } from '../feature.ts';
import type { ParameterInitializer } from '../initializers.ts';
import { activateElements } from './activate.ts';
import type { Layer, LayerContext, SpecOf } from './layer.ts';

type RecurrentSpec = SpecOf<'simpleRnn' | 'gru' | 'lstm'>;

/** What carries from one step to the next: values of [batch, units]. The first is the output. */
export type State = readonly [ValueName, ...ValueName[]];

/** One kind of recurrent layer. */
export interface Cell<Spec extends RecurrentSpec> {
  /** Vectors of `units` that the input is projected to: the gates. */
  readonly gates: number;
  /** Operations of one step, for the limit. */
  readonly operations: number;
  /** How the bias starts, where the spec does not say. */
  bias?(spec: Spec): ParameterInitializer;
  /** Declares what it needs and returns the step: from the projected input [batch, gates · units] and the state before. */
  start(context: LayerContext, spec: Spec): (projected: ValueName, before: State | undefined) => State;
}

/**
 * A recurrent layer, unrolled over time: [time, features] → [units], or [time, units]. The input is projected once for
 * all steps, kernel [features, gates · units], bias [gates · units]; a step then has one product, with recurrentKernel
 * [units, gates · units]. In both directions, the parameters of each are `forward/…` and `backward/…`.
 */
export function recurrent<Spec extends RecurrentSpec>(cell: Cell<Spec>): Layer<Spec> {
  return {
    takes: 'one',
    build: (context, [input], spec) => {
      const { graph } = context;
      const [time, features, ...others] = input.shape;
      if (time === undefined || features === undefined || others.length > 0) {
        throw context.mismatch('it reads sequences', '[time, features]', input.shape);
      }
      const { units, goBackwards = false, bidirectional = false, returnSequences = false } = spec;
      const directions = bidirectional ? 2 : 1;
      context.admitShape([time, units * cell.gates]);
      context.admitOperations(time * (cell.operations + 1) * directions + 20);
      const x = toAsWritten(graph, input);
      const byTime = graph.add('Transpose', [x.value], { perm: [1, 0, 2] });
      const run = (part: LayerContext, backwards: boolean): readonly ValueName[] =>
        steps(part, cell, spec, byTime, time, features, backwards);
      const finish = (outputs: readonly ValueName[]): Feature =>
        returnSequences ? sequence(graph, outputs, units) : asWritten(outputs.at(-1)!, [units]);
      if (!bidirectional) return finish(run(context, goBackwards));
      const one = context.part('forward', (part) => run(part, goBackwards));
      const other = context.part('backward', (part) => run(part, !goBackwards));
      // The second direction's outputs are put back beside the positions that they belong to.
      const aligned = returnSequences ? other.toReversed() : other;
      return merged(graph, finish(one), finish(aligned), spec.mergeMode ?? 'concat');
    },
  };
}

/** The output of every step, in the order of the steps. */
function steps<Spec extends RecurrentSpec>(
  context: LayerContext,
  cell: Cell<Spec>,
  spec: Spec,
  byTime: ValueName,
  time: number,
  features: number,
  backwards: boolean,
): readonly ValueName[] {
  const { graph } = context;
  const width = cell.gates * spec.units;
  const kernel = context.parameter('kernel', [features, width], spec.kernelInitializer ?? 'glorotUniform');
  const step = cell.start(context, spec);
  const product = graph.add('MatMul', [byTime, kernel]);
  const initial = spec.biasInitializer ?? cell.bias?.(spec) ?? 'zeros';
  const projected =
    spec.useBias === false
      ? product
      : graph.add('Add', [product, context.parameter('bias', [width], initial)]);
  const slices = time === 1 ? [projected] : graph.addMany('Split', [projected], { axis: 0 }, time);
  const ordered = backwards ? slices.toReversed() : slices;
  const outputs: ValueName[] = [];
  let state: State | undefined;
  ordered.forEach((slice, index) => {
    state = context.part(`step_${index}`, () =>
      step(graph.add('Squeeze', [slice, graph.integers([0])]), state),
    );
    outputs.push(state[0]);
  });
  return outputs;
}

/** [time, units] of a value [batch, units] for each step. */
function sequence(graph: GraphBuilder, outputs: readonly ValueName[], units: number): Feature {
  const rows = outputs.map((output) => graph.add('Unsqueeze', [output, graph.integers([1])]));
  const value = rows.length === 1 ? rows[0]! : joined(graph, rows);
  return asWritten(value, [outputs.length, units]);
}

/** Concat takes 1,024 values at most. */
function joined(graph: GraphBuilder, rows: readonly ValueName[]): ValueName {
  if (rows.length === 1) return rows[0]!;
  const parts: ValueName[] = [];
  for (let from = 0; from < rows.length; from += 1024) {
    parts.push(graph.add('Concat', rows.slice(from, from + 1024), { axis: 1 }));
  }
  return joined(graph, parts);
}

function merged(
  graph: GraphBuilder,
  one: Feature,
  other: Feature,
  mode: 'concat' | 'sum' | 'multiply' | 'average',
): Feature {
  switch (mode) {
    case 'concat': {
      const axis = one.shape.length;
      const value = graph.add('Concat', [one.value, other.value], { axis });
      return asWritten(value, one.shape.with(-1, 2 * one.shape.at(-1)!));
    }
    case 'sum':
      return { ...one, value: graph.add('Add', [one.value, other.value]) };
    case 'multiply':
      return { ...one, value: graph.add('Mul', [one.value, other.value]) };
    case 'average': {
      const sum = graph.add('Add', [one.value, other.value]);
      return { ...one, value: graph.add('Mul', [sum, graph.scalar(0.5)]) };
    }
    default:
      return mode satisfies never;
  }
}

/** An activation of a value [batch, units]. */
export function activateRows(graph: GraphBuilder, value: ValueName, name: Activation): ValueName {
  return name === 'softmax'
    ? graph.add('Softmax', [value], { axis: 1 })
    : activateElements(graph, value, name);
}

export function recurrentKernel(context: LayerContext, spec: RecurrentSpec, gates: number): ValueName {
  const shape = [spec.units, gates * spec.units];
  return context.parameter('recurrentKernel', shape, spec.recurrentInitializer ?? 'orthogonal');
}
