import type { ModelSpec } from '@descent/contracts';

export interface NeuralTuringMachine {
  /** Bits of one vector of the sequence. */
  readonly bits: number;
  /** Longest sequence; shorter ones come after empty steps. */
  readonly length: number;
  /** Rows of the memory. */
  readonly locations: number;
  /** Numbers in one row. */
  readonly width: number;
  /** Of the recurrent controller. */
  readonly units: number;
}

export const copyMachine: NeuralTuringMachine = { bits: 8, length: 8, locations: 16, width: 12, units: 64 };

/**
 * A Neural Turing Machine (Graves, Wayne & Danihelka 2014) as a model spec: the loop over time is unrolled while this
 * runs, so what the service gets is a plain graph. It reads `sequence` [length + 1, bits + 2]: empty steps, then the
 * vectors (bit `bits` says that one is shown), last the request to recite (bit `bits + 1`). Then `length` steps without input
 * follow, whose answers are the logits [length, bits].
 *
 * One head reads and one writes. Both are addressed at once, as two rows of every address value [batch, 2, …].
 */
export function neuralTuringMachine(machine: NeuralTuringMachine = copyMachine): ModelSpec {
  const { bits, length, locations, width, units } = machine;
  const nodes: NonNullable<ModelSpec['nodes']> = [];
  const constants: NonNullable<ModelSpec['constants']> = {};
  let step = 0;

  const add = (
    name: string,
    op: string,
    inputs: string[],
    attributes?: Record<string, number | number[]>,
  ) => {
    const node = { op, name: `${name}_${step}`, inputs };
    nodes.push(attributes === undefined ? node : { ...node, attributes });
    return node.name;
  };
  const scalar = (name: string, value: number) => {
    constants[name] = { shape: [], values: [value] };
    return name;
  };
  const integers = (...values: number[]) => {
    const name = `i_${values.join('_').replaceAll('-', 'm')}`;
    constants[name] = { shape: [values.length], values, dtype: 'int64' };
    return name;
  };
  const slice = (name: string, value: string, from: number, to: number, axis: number) =>
    add(name, 'Slice', [value, integers(from), integers(to), integers(axis)]);
  const reshape = (name: string, value: string, ...shape: number[]) =>
    add(name, 'Reshape', [value, integers(...shape)]);

  const one = scalar('one', 1);
  const tiny = scalar('tiny', 1e-6);
  // Column block s of this matrix moves every address by s − 1 places around the ring.
  constants.shifts = { shape: [locations, 3 * locations], values: shiftMatrix(locations) };
  // Both heads start at row 0, and the memory starts empty: a small constant, since a norm of 0 has no gradient.
  constants.first_row = {
    shape: [1, 2, locations],
    values: Array.from({ length: 2 * locations }, (_, index) => (index % locations === 0 ? 1 : 0)),
  };
  constants.empty_memory = { shape: [1, width, locations], values: Array(width * locations).fill(1e-3) };

  const perHead = width + 6;
  const emitted = 2 * perHead + 2 * width;
  const glorot = { initializer: 'glorotUniform' } as const;
  const parameters: NonNullable<ModelSpec['parameters']> = {
    input_kernel: { shape: [bits + 2, units], ...glorot },
    read_kernel: { shape: [width, units], ...glorot },
    recurrent_kernel: { shape: [units, units], ...glorot },
    controller_bias: { shape: [units], initializer: 'zeros' },
    head_kernel: { shape: [units, emitted], ...glorot },
    head_bias: { shape: [emitted], initializer: 'zeros' },
    output_kernel: { shape: [units + width, bits], ...glorot },
    output_bias: { shape: [bits], initializer: 'zeros' },
  };

  const seen = add('seen', 'MatMul', ['sequence', 'input_kernel']);
  const answers: string[] = [];
  let memory = 'empty_memory';
  let address = 'first_row';
  let state: { hidden: string; read: string } | undefined;

  for (step = 1; step <= 2 * length + 1; step += 1) {
    // What the controller does depends on the step: a condition that is gone once the spec is written.
    const terms = ['controller_bias'];
    if (step <= length + 1)
      terms.push(reshape('input', slice('input_at', seen, step - 1, step, 1), -1, units));
    if (state !== undefined) {
      terms.push(add('from_read', 'MatMul', [state.read, 'read_kernel']));
      terms.push(add('from_hidden', 'MatMul', [state.hidden, 'recurrent_kernel']));
    }
    const drive = terms.reduce((sum, term, index) => add(`drive${index}`, 'Add', [term, sum]));
    const hidden = add('hidden', 'Tanh', [drive]);

    const emission = add('emission', 'Gemm', [hidden, 'head_kernel', 'head_bias']);
    const heads = reshape('heads', slice('head_part', emission, 0, 2 * perHead, 1), -1, 2, perHead);
    const part = (name: string, from: number, size: number) => slice(name, heads, from, from + size, 2);
    const key = add('key', 'Tanh', [part('key_raw', 0, width)]);
    const strength = add('strength', 'Softplus', [part('strength_raw', width, 1)]);
    const gate = add('gate', 'Sigmoid', [part('gate_raw', width + 1, 1)]);
    const shift = add('shift', 'Softmax', [part('shift_raw', width + 2, 3)], { axis: -1 });
    const sharpness = add('sharpness', 'Add', [
      add('sharp', 'Softplus', [part('sharp_raw', width + 5, 1)]),
      one,
    ]);

    // By content: softmax(β · cosine(key, row)).
    const norm = (name: string, value: string, axis: number) => {
      const squares = add(`${name}_squares`, 'Mul', [value, value]);
      const sum = add(`${name}_sum`, 'ReduceSum', [squares, integers(axis)], { keepdims: 1 });
      return add(`${name}_norm`, 'Sqrt', [add(`${name}_safe`, 'Add', [sum, tiny])]);
    };
    const product = add('product', 'MatMul', [key, memory]);
    const norms = add('norms', 'Mul', [norm('key', key, 2), norm('memory', memory, 1)]);
    const cosine = add('cosine', 'Div', [product, norms]);
    const content = add('content', 'Softmax', [add('scaled', 'Mul', [cosine, strength])], { axis: -1 });
    // Or where it was: address + gate · (content − address).
    const change = add('change', 'Mul', [gate, add('difference', 'Sub', [content, address])]);
    const gated = add('gated', 'Add', [address, change]);
    // Moved by −1, 0 or 1 (circular convolution), then sharpened.
    const moved = reshape('moved', add('all_moves', 'MatMul', [gated, 'shifts']), -1, 2, 3, locations);
    const weighted = add('weighted_moves', 'Mul', [moved, reshape('shift_column', shift, -1, 2, 3, 1)]);
    const shifted = add('shifted', 'ReduceSum', [weighted, integers(2)], { keepdims: 0 });
    const powered = add('powered', 'Pow', [add('shifted_safe', 'Add', [shifted, tiny]), sharpness]);
    const total = add('total', 'ReduceSum', [powered, integers(2)], { keepdims: 1 });
    address = add('address', 'Div', [powered, total]);

    // memory + w · (a − e · memory): what is erased, and what is added in its place.
    const erase = add('erase', 'Sigmoid', [
      slice('erase_raw', emission, 2 * perHead, 2 * perHead + width, 1),
    ]);
    const write = add('write', 'Tanh', [slice('write_raw', emission, 2 * perHead + width, emitted, 1)]);
    const forgotten = add('forgotten', 'Mul', [reshape('erase_column', erase, -1, width, 1), memory]);
    const news = add('news', 'Sub', [reshape('write_column', write, -1, width, 1), forgotten]);
    const written = add('written', 'Mul', [slice('write_address', address, 1, 2, 1), news]);
    memory = add('memory', 'Add', [memory, written]);

    const readAddress = reshape('read_column', slice('read_address', address, 0, 1, 1), -1, locations, 1);
    const read = reshape('read', add('read_rows', 'MatMul', [memory, readAddress]), -1, width);
    if (step > length + 1) {
      const both = add('both', 'Concat', [hidden, read], { axis: 1 });
      answers.push(
        reshape('answer', add('logit', 'Gemm', [both, 'output_kernel', 'output_bias']), -1, 1, bits),
      );
    }
    state = { hidden, read };
  }
  step = 0;
  add('logits', 'Concat', answers, { axis: 1 });

  return {
    inputs: { sequence: { shape: [length + 1, bits + 2] } },
    parameters,
    constants,
    nodes,
    loss: { type: 'sigmoidCrossEntropy', labels: 'copy', prediction: 'logits_0' },
    metrics: ['accuracy'],
  };
}

/** [n, 3n]: an address times column block s is that address, moved by s − 1 around the ring. */
function shiftMatrix(n: number): number[] {
  return Array.from({ length: n * 3 * n }, (_, index) => {
    const [from, column] = [Math.floor(index / (3 * n)), index % (3 * n)];
    const [move, to] = [Math.floor(column / n) - 1, column % n];
    return (from + move + n) % n === to ? 1 : 0;
  });
}
