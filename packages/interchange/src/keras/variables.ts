import { elementCount, type Tensor } from '@descent/tensors';

export type Floats = Tensor<'float32'>;

/** How the axes of a tensor are ordered here and in Keras. */
export interface VariableLayout {
  /** From Keras' order to ours. */
  read(tensor: Floats): Floats;
  /** `depth`: of a depthwise kernel, its results per channel. */
  write(tensor: Floats, depth: number): Floats;
}

export const asItIs: VariableLayout = { read: (tensor) => tensor, write: (tensor) => tensor };

/** Keras [...window, in, out]; ours [out, in, ...window]. */
export const convolutionKernel: VariableLayout = {
  read: (tensor) => transposed(tensor, moveLastToFront(tensor, 2)),
  write: (tensor) => transposed(tensor, [...range(2, tensor.shape.length), 1, 0]),
};

/** Keras [...window, out, in]; ours [in, out, ...window]. */
export const transposedKernel: VariableLayout = convolutionKernel;

/** Keras [height, width, in, multiplier]; ours [in · multiplier, 1, height, width]. */
export const depthwiseKernel: VariableLayout = {
  read: (tensor) => {
    const [height, width, channels, multiplier] = tensor.shape as readonly [number, number, number, number];
    const ordered = transposed(tensor, [2, 3, 0, 1]);
    return { ...ordered, shape: [channels * multiplier, 1, height, width] };
  },
  write: (tensor, depth) => {
    const [filters, , height, width] = tensor.shape as readonly [number, number, number, number];
    return transposed({ ...tensor, shape: [filters / depth, depth, height, width] }, [2, 3, 0, 1]);
  },
};

/** One row of a matrix: Keras keeps both biases of a GRU in one tensor. Never written: no export has it. */
export function rowOf(row: number): VariableLayout {
  return {
    read: ({ shape, data }) => {
      const width = shape.at(-1)!;
      return { dtype: 'float32', shape: [width], data: data.slice(row * width, (row + 1) * width) };
    },
    write: (tensor) => tensor,
  };
}

/** The other way from [..., a, b] to [b, a, ...]. */
function moveLastToFront({ shape }: Floats, count: number): readonly number[] {
  const rank = shape.length;
  return [...range(rank - count, rank).reverse(), ...range(0, rank - count)];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Axes in another order: axis `i` of the result is axis `order[i]` of the tensor. */
export function transposed({ shape, data }: Floats, order: readonly number[]): Floats {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  const result = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const out = new Float32Array(data.length);
  const position = new Array<number>(result.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to += 1) {
    out[to] = data[from]!;
    for (let axis = result.length - 1; axis >= 0; axis -= 1) {
      position[axis]! += 1;
      from += steps[axis]!;
      if (position[axis]! < result[axis]!) break;
      from -= steps[axis]! * result[axis]!;
      position[axis] = 0;
    }
  }
  return { dtype: 'float32', shape: result, data: out };
}
