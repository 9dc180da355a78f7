import type { ValueName } from '@descent/autodiff';
import { DescentError } from '@descent/errors';
import type { Bindings } from '../engine.ts';
import { messageOf } from '../message-of.ts';
import type { OpenBackend } from './backends.ts';
import { HeldValue } from './held-value.ts';
import type { LoweringContext } from './lowering.ts';
import type { Plan, Step } from './plan.ts';
import type { TfTensor } from './tensorflow.ts';
import { inDouble } from './transfer.ts';

/** What stays on the device between runs: constants, and tensors that a node made for itself. */
export interface Resident {
  readonly constants: Map<ValueName, HeldValue>;
  readonly kept: Map<string, TfTensor>;
}

export function createResident(): Resident {
  return { constants: new Map(), kept: new Map() };
}

export function disposeResident({ constants, kept }: Resident): void {
  for (const value of constants.values()) value.dispose();
  for (const tensor of kept.values()) tensor.dispose();
  constants.clear();
  kept.clear();
}

/**
 * Walks the plan once. Everything happens in one turn of the event loop, so that programs of several backends of one
 * process do not meet. Every tensor but the resident ones is given back, whatever happens.
 */
export function runPlan(open: OpenBackend, plan: Plan, resident: Resident, bindings: Bindings): void {
  const { tf } = open;
  const values = new Map<ValueName, HeldValue>();
  const hold = (name: ValueName): HeldValue => {
    const value = values.get(name) ?? resident.constants.get(name);
    if (value !== undefined) return value;
    const made = new HeldValue(tf, plan.types.get(name)!, { host: plan.constants.get(name)! });
    resident.constants.set(name, made);
    return made;
  };
  try {
    for (const port of plan.inputs) {
      const { name, dtype, shape } = port;
      values.set(name, new HeldValue(tf, port, { host: { dtype, shape, data: bindings.inputs.get(name)! } }));
    }
    for (const step of plan.steps) {
      inNode(`node "${step.node.name}" (${step.node.op})`, () =>
        tf.tidy(() => {
          const results = step.lowering(contextOf(open, plan, step, resident, hold));
          step.node.outputs.forEach((name, index) => {
            values.set(name, new HeldValue(tf, step.outputTypes[index]!, results[index]!));
          });
        }),
      );
      for (const name of step.drops) {
        values.get(name)?.dispose();
        values.delete(name);
      }
    }
    tf.tidy(() => {
      plan.results.forEach((name, index) => {
        hold(name).copyTo(bindings.outputs.get(plan.outputs[index]!.name)!);
      });
    });
  } finally {
    for (const value of values.values()) value.dispose();
  }
}

function contextOf(
  { tf, backend }: OpenBackend,
  plan: Plan,
  { node, inputTypes, outputTypes }: Step,
  { kept }: Resident,
  hold: (name: ValueName) => HeldValue,
): LoweringContext {
  const input = (index: number) => hold(node.inputs[index]!);
  const constant = (index: number) => plan.constants.get(node.inputs[index] ?? '');
  return {
    tf,
    backend,
    node,
    inputTypes,
    outputTypes,
    value: (index) => input(index).plain,
    channelsLast: (index) => input(index).channelsLast,
    isChannelsLast: (index) => input(index).isChannelsLast,
    constant,
    host: (index) => inDouble(input(index).host),
    kept: (key, make) => {
      const name = `${node.name} ${key}`;
      const known = kept.get(name) ?? tf.keep(make());
      kept.set(name, known);
      return known;
    },
    has: (kernel) => tf.getKernel(kernel, backend) !== undefined,
  };
}

/** TensorFlow's messages do not know what they are about. */
function inNode(place: string, compute: () => void): void {
  try {
    compute();
  } catch (cause) {
    throw new DescentError(
      'ENGINE_RUN_FAILED',
      { engine: 'tfjs', problem: `${place}: ${messageOf(cause)}` },
      { cause },
    );
  }
}
