import { evaluate, type Feeds } from '@descent/autodiff';
import { ModelSpec, validate } from '@descent/contracts';
import { compileModel, inferenceGraph, trainingGraph } from '@descent/models';
import { tensor } from '@descent/tensors';
import { describe, expect, test } from 'vitest';
import { trace } from './trace.ts';
import type { Traced } from './traced.ts';
import type { Tracer } from './tracer.ts';

const compiled = (spec: ModelSpec) => compileModel(validate(ModelSpec, spec, ['model']));

/** Different numbers for every element, without a pattern that a wrong axis would keep. */
const numbers = (shape: readonly number[], seed: number) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: size }, (_, i) => Math.sin(7 * i + seed)),
  );
};

/** Loss and gradients of a traced and a hand-written spec, on the same numbers. */
function outcome(spec: ModelSpec, feeds: Feeds): Record<string, number[]> {
  const model = compiled(spec);
  const { outputs } = evaluate(trainingGraph(model), feeds);
  return Object.fromEntries([...outputs].map(([name, { data }]) => [name, Array.from(data, Number)]));
}

const linear = (t: Tracer, x: Traced, name: string, units: number) => {
  const features = x.shape?.at(-1) as number;
  return x.matmul(t.parameter(`${name}_w`, [features, units])).add(t.parameter(`${name}_b`, [units]));
};

describe('what a forward function does becomes a spec', () => {
  test('an MLP has the values and gradients of the same graph written by hand', () => {
    const traced = trace(
      { inputs: { x: [3] }, loss: 'softmaxCrossEntropy', labels: 'label', metrics: ['accuracy'] },
      (t, { x }) => linear(t, linear(t, x, 'hidden', 4).relu(), 'out', 2),
    );
    const written: ModelSpec = {
      inputs: { x: { shape: [3] } },
      parameters: {
        hidden_w: { shape: [3, 4] },
        hidden_b: { shape: [4] },
        out_w: { shape: [4, 2] },
        out_b: { shape: [2] },
      },
      nodes: [
        { op: 'Gemm', name: 'a', inputs: ['x', 'hidden_w', 'hidden_b'] },
        { op: 'Relu', name: 'h', inputs: ['a'] },
        { op: 'Gemm', name: 'logits', inputs: ['h', 'out_w', 'out_b'] },
      ],
      loss: { type: 'softmaxCrossEntropy', labels: 'label' },
      metrics: ['accuracy'],
    };
    const feeds = {
      x: numbers([2, 3], 1),
      label: tensor('int32', [2], Int32Array.of(1, 0)),
      hidden_w: numbers([3, 4], 2),
      hidden_b: numbers([4], 3),
      out_w: numbers([4, 2], 4),
      out_b: numbers([2], 5),
    };
    expect(outcome(traced, feeds)).toEqual(outcome(written, feeds));
  });

  test('a loop over time is unrolled, and its weights are shared', () => {
    const steps = 3;
    const spec = trace({ inputs: { x: [steps, 2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const w = t.parameter('w', [2, 2]);
      const u = t.parameter('u', [2, 2]);
      let state = x.at(1, 0).matmul(w).tanh();
      for (let step = 1; step < steps; step += 1) {
        state = x.at(1, step).matmul(w).add(state.matmul(u)).tanh();
      }
      return state;
    });
    expect(Object.keys(spec.parameters ?? {})).toEqual(['w', 'u']);
    expect(spec.nodes?.filter(({ op }) => op === 'Tanh').length).toBe(3);

    const [x, w, u] = [numbers([1, 3, 2], 1), numbers([2, 2], 2), numbers([2, 2], 3)];
    const { outputs } = evaluate(inferenceGraph(compiled(spec)), { x, w, u });
    const product = (v: readonly number[], m: Float32Array) =>
      [0, 1].map((column) => v[0]! * m[column]! + v[1]! * m[2 + column]!);
    let state = [0, 0];
    for (let step = 0; step < steps; step += 1) {
      const input = product([...x.data.slice(2 * step, 2 * step + 2)], w.data);
      const carried = step === 0 ? [0, 0] : product(state, u.data);
      state = [Math.tanh(input[0]! + carried[0]!), Math.tanh(input[1]! + carried[1]!)];
    }
    expect(Array.from(outputs.get('prediction')!.data, Number)).toEqual(
      state.map((v) => expect.closeTo(v, 12)),
    );
  });

  test('weights used twice get the sum of both gradients', () => {
    const spec = trace({ inputs: { x: [2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const w = t.parameter('w', [2, 2]);
      return x.matmul(w).matmul(w).sum([1]);
    });
    const [x, w] = [
      [3, 5],
      [1, 2, 3, 4],
    ] as const;
    const feeds = {
      x: tensor('float32', [1, 2], Float32Array.from(x)),
      w: tensor('float32', [2, 2], Float32Array.from(w)),
      y: tensor('float32', [1], Float32Array.of(0)),
    };
    const at = (v: readonly number[]) => {
      const h = [x[0] * v[0]! + x[1] * v[2]!, x[0] * v[1]! + x[1] * v[3]!] as const;
      return (h[0] * v[0]! + h[1] * v[2]! + h[0] * v[1]! + h[1] * v[3]!) ** 2;
    };
    const step = 1e-5;
    const difference = w.map((_, i) => {
      const moved = (by: number) => at(w.map((value, j) => (i === j ? value + by : value)));
      return (moved(step) - moved(-step)) / (2 * step);
    });
    expect(outcome(spec, feeds)['gradient/w']).toEqual(difference.map((value) => expect.closeTo(value, 2)));
  });

  test('a condition of the function chooses now what the model is', () => {
    const model = (deep: boolean) =>
      trace({ inputs: { x: [2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
        const h = deep ? linear(t, x, 'hidden', 2).relu() : x;
        return linear(t, h, 'out', 2);
      });
    expect(Object.keys(model(false).parameters ?? {})).toEqual(['out_w', 'out_b']);
    expect(Object.keys(model(true).parameters ?? {})).toEqual(['hidden_w', 'hidden_b', 'out_w', 'out_b']);
  });

  test('a condition on values is an operation, with the gradient of the side that was chosen', () => {
    const spec = trace({ inputs: { x: [2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const scaled = x.mul(t.parameter('w', [2]));
      return scaled.greater(0).where(scaled, scaled.mul(0.1));
    });
    const feeds = {
      x: tensor('float32', [1, 2], Float32Array.of(2, -2)),
      w: tensor('float32', [2], Float32Array.of(1, 1)),
      y: tensor('float32', [1, 2], Float32Array.of(0, 0)),
    };
    const { loss, 'gradient/w': gradient } = outcome(spec, feeds);
    expect(loss).toEqual([expect.closeTo((4 + 0.04) / 2, 6)]);
    expect(gradient).toEqual([expect.closeTo(2 * 2, 6), expect.closeTo(0.2 * 0.1 * 2, 6)]);
  });

  test('a residual block reads its input twice', () => {
    const spec = trace({ inputs: { x: [2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const block = (h: Traced, name: string) => t.scope(name, () => linear(t, h, 'inner', 2).tanh().add(h));
      return block(block(x, 'first'), 'second');
    });
    expect(Object.keys(spec.parameters ?? {})).toEqual([
      'first_inner_w',
      'first_inner_b',
      'second_inner_w',
      'second_inner_b',
    ]);
    const nothing = (shape: readonly number[]) =>
      tensor('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
    const { outputs } = evaluate(inferenceGraph(compiled(spec)), {
      x: numbers([1, 2], 1),
      first_inner_w: nothing([2, 2]),
      first_inner_b: nothing([2]),
      second_inner_w: nothing([2, 2]),
      second_inner_b: nothing([2]),
    });
    const prediction = Array.from(outputs.get('prediction')!.data, Number);
    expect(prediction).toEqual([...numbers([1, 2], 1).data]);
  });

  test('layers and operations mix: dropout is a layer, and a frozen parameter stays frozen', () => {
    const spec = trace({ inputs: { x: [4] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const fixed = x.matmul(
        t.parameter('projection', [4, 4], { trainable: false, initializer: 'heNormal' }),
      );
      const dropped = t.layer({ type: 'dropout', rate: 0.5 }, fixed);
      return dropped.matmul(t.parameter('w', [4, 1]));
    });
    const model = compiled(spec);
    expect(model.randomInputs.map(({ shape, rate }) => ({ shape, rate }))).toEqual([
      { shape: [4], rate: 0.5 },
    ]);
    expect([...trainingGraph(model).outputs.keys()]).toEqual(['loss', 'gradient/w']);
  });

  test('what the prediction does not need is left out, and equal constants are one', () => {
    const spec = trace({ inputs: { x: [2] }, loss: 'meanSquaredError', labels: 'y' }, (t, { x }) => {
      const h = x.mul(t.parameter('w', [2])).add(3);
      h.exp().log();
      return h.mul(3).named('out');
    });
    expect(spec.nodes?.map(({ name }) => name)).toEqual(['mul_1', 'add_1', 'out']);
    expect(spec.constants).toEqual({ constant_1: { shape: [], values: [3] } });
    expect(spec.loss).toEqual({ type: 'meanSquaredError', labels: 'y', prediction: 'out' });
  });
});

describe('a mistake is refused at its line', () => {
  const traced = (forward: (t: Tracer, x: Traced) => unknown) => () =>
    trace(
      { inputs: { x: [3] }, loss: 'meanSquaredError', labels: 'y' },
      (t, { x }) => forward(t, x) as Traced,
    );

  test.each([
    [
      'a product of shapes that do not fit',
      traced((t, x) => x.matmul(t.parameter('w', [4, 2]))),
      'cannot multiply [batch, 3] by [4, 2]: the inner sizes 3 and 4 differ',
    ],
    [
      'a sum that does not broadcast',
      traced((t, x) => x.add(t.parameter('b', [2]))),
      '[batch, 3] and [2] do not broadcast',
    ],
    ['a reshape of another size', traced((_, x) => x.reshape(['batch', 2])), 'cannot reshape [batch, 3]'],
    ['an axis that is not there', traced((_, x) => x.softmax(2)), '[batch, 3] has no axis 2'],
    [
      'a number from a symbol',
      traced((_, x) => x.mul(Number(x))),
      'has no numbers while the model is traced',
    ],
    ['no result', traced(() => undefined), 'it returned undefined'],
    ['an input as it is', traced((_, x) => x), 'returned "x" as it is'],
    [
      'a name given twice',
      traced((t, x) => x.mul(t.parameter('w', [3])).mul(t.parameter('w', [3]))),
      'the name "w" is used twice',
    ],
    [
      'ragged rows',
      traced((t, x) => x.add(t.constant([[1], [1, 2]]))),
      'rows of a constant must have one length',
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });

  test('the stack shows the line of the forward function', () => {
    const forward = (x: Traced) => x.matmul(x);
    try {
      traced((_, x) => forward(x))();
      expect.unreachable();
    } catch (error) {
      expect((error as Error).stack).toContain('trace.test.ts');
    }
  });

  test('a value of another trace', () => {
    let stolen: Traced | undefined;
    traced((_, x) => {
      stolen = x;
      return x.relu();
    })();
    expect(traced((_, x) => x.add(stolen!))).toThrow('belongs to another model');
  });
});
