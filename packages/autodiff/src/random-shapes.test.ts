import { elementCount, tensor } from '@descent/tensors';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinct, type Fed, operationCase, positive } from './cases/operation-case.ts';
import { checkGradient } from './check-gradient.ts';
import type { Dim, Shape } from './dim.ts';
import { evaluate } from './evaluate.ts';
import type { ValueName } from './graph.ts';
import { createGraphBuilder, type GraphBuilder } from './graph-builder.ts';
import type { OperationName } from './operations/index.ts';

const dim = fc.constantFrom<Dim>('batch', 1, 2, 4);
const shapes = fc.array(dim, { minLength: 1, maxLength: 3 });

/** Two shapes that broadcast: axes of one common shape, some set to 1, some leading ones left out. */
const broadcastPair = fc
  .tuple(shapes, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), fc.nat(3), fc.nat(3))
  .map(([common, ones, dropA, dropB]): [Shape, Shape] => {
    const thin = (from: number, drop: number) =>
      common.map((size, axis) => (ones[from + axis] ? 1 : size)).slice(Math.min(drop, common.length));
    return [thin(0, dropA), thin(3, dropB)];
  });

function expectGradient<Name extends string>(
  fed: Record<Name, Fed>,
  build: (graph: GraphBuilder, inputs: Readonly<Record<Name, ValueName>>) => ValueName,
): void {
  const { training, wrt, feeds } = operationCase('random', fed, build);
  const check = checkGradient(training!, 'loss', wrt, feeds, { derive: (graph) => graph, batch: 3 });
  expect(check.passed, JSON.stringify(check.worst)).toBe(true);
}

test.each<OperationName>(['Add', 'Sub', 'Mul', 'Div', 'Pow'])(
  'gradients of %s hold for all shapes that broadcast',
  (op) => {
    fc.assert(
      fc.property(broadcastPair, ([a, b]) => {
        expectGradient({ a: positive(a), b: positive(b) }, (graph, inputs) =>
          graph.add(op, [inputs.a, inputs.b]),
        );
      }),
      { numRuns: 30, seed: 1 },
    );
  },
);

test('gradients of products, norms and sums of exponentials hold for all axes, with zeros among the elements', () => {
  fc.assert(
    fc.property(shapes, fc.nat(7), fc.nat(1), fc.nat(3), (shape, mask, keepdims, zeros) => {
      const axes = shape.flatMap((_, axis) => (mask & (1 << axis) ? [axis] : []));
      const x = distinct(shape);
      for (let place = 0; place < Math.min(zeros, x.value.data.length - 1); place += 1)
        x.value.data[place] = 0;
      expectGradient({ x }, (graph, inputs) =>
        (['ReduceProd', 'ReduceLogSumExp', 'ReduceSumSquare'] as const)
          .map((op) => graph.add(op, [inputs.x], { axes, keepdims }))
          .reduce((a, b) => graph.add('Mul', [a, b])),
      );
      expectGradient({ x: distinct(shape) }, (graph, inputs) =>
        graph.add('Mul', [
          graph.add('ReduceL1', [inputs.x], { axes, keepdims }),
          graph.add('ReduceL2', [inputs.x], { axes, keepdims }),
        ]),
      );
    }),
    { numRuns: 40, seed: 6 },
  );
});

test('gradients of MatMul hold for all stacks that broadcast', () => {
  fc.assert(
    fc.property(broadcastPair, dim, dim, dim, ([leadA, leadB], m, k, n) => {
      expectGradient(
        { a: distinct([...leadA.slice(-2), m, k]), b: distinct([...leadB.slice(-2), k, n]) },
        (graph, inputs) => graph.add('MatMul', [inputs.a, inputs.b]),
      );
    }),
    { numRuns: 40, seed: 2 },
  );
});

test('gradients of reductions hold for all axes', () => {
  fc.assert(
    fc.property(shapes, fc.nat(7), fc.nat(1), (shape, mask, keepdims) => {
      const axes = shape.flatMap((_, axis) => (mask & (1 << axis) ? [axis] : []));
      expectGradient({ x: distinct(shape) }, (graph, { x }) => {
        const sum = graph.add('ReduceSum', [x, graph.integers(axes)], { keepdims });
        const mean = graph.add('ReduceMean', [x], { axes, keepdims });
        return graph.add('Add', [
          sum,
          graph.add('Mul', [mean, graph.add('ReduceMax', [x], { axes, keepdims })]),
        ]);
      });
    }),
    { numRuns: 40, seed: 3 },
  );
});

test('gradients of convolution and pooling hold for all windows that fit', () => {
  const axis = fc.record({
    size: fc.integer({ min: 3, max: 6 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    begin: fc.integer({ min: 0, max: 2 }),
    end: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(axis, axis, fc.constantFrom(1, 2), (height, width, group) => {
      const sides = [height, width];
      fc.pre(
        sides.every(({ size, kernel, dilation, begin, end }) => size + begin + end > (kernel - 1) * dilation),
      );
      const strides = sides.map(({ stride }) => stride);
      const kernel = sides.map(({ kernel }) => kernel);
      expectGradient(
        {
          x: distinct(['batch', 2, ...sides.map(({ size }) => size)]),
          w: distinct([2, 2 / group, ...kernel]),
        },
        (graph, { x, w }) =>
          graph.add('Conv', [x, w], {
            strides,
            dilations: sides.map(({ dilation }) => dilation),
            pads: [...sides.map(({ begin }) => begin), ...sides.map(({ end }) => end)],
            group,
          }),
      );
      const pads = [...sides.map(({ begin }) => begin), ...sides.map(({ end }) => end)].map((pad, index) =>
        Math.min(pad, kernel[index % 2]! - 1),
      );
      for (const op of ['MaxPool', 'AveragePool'] as const) {
        expectGradient({ x: distinct([1, 1, ...sides.map(({ size }) => size)]) }, (graph, { x }) =>
          graph.add(op, [x], { kernel_shape: kernel, strides, pads }),
        );
      }
    }),
    { numRuns: 25, seed: 4 },
  );
});

test('gradients of slices hold for all bounds and steps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -9, max: 6 }),
      fc.integer({ min: -6, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      (start, end, step) => {
        const taken = Array.from({ length: 7 }, (_, at) => at).slice(start, end);
        fc.pre(taken.length > 0);
        expectGradient({ x: distinct(['batch', 7]) }, (graph, { x }) =>
          graph.add('Slice', [x, ...[[start], [end], [1], [step]].map((list) => graph.integers(list))]),
        );
        const values = Float32Array.from({ length: 7 }, (_, at) => at);
        const graph = createGraphBuilder();
        const x = graph.constant(tensor('float32', [7], values));
        const bounds = [[start], [end], [0], [step]].map((list) => graph.integers(list));
        graph.output('y', graph.add('Slice', [x, ...bounds]));
        const result = evaluate(graph.build(), {}).outputs.get('y')!;
        expect(Array.from(result.data, Number)).toEqual(taken.filter((_, at) => at % step === 0));
        expect(elementCount(result.shape)).toBe(result.data.length);
      },
    ),
    { numRuns: 40, seed: 5 },
  );
});
