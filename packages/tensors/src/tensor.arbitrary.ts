import fc from 'fast-check';
import { arrayView } from './array-view.ts';
import { type Dtype, dtypes } from './dtype.ts';
import { elementCount, type Tensor, tensor } from './tensor.ts';

/** Tensors of every dtype with up to four small axes, sizes 0 and 1 among them, and any bits as elements. */
export const anyTensor: fc.Arbitrary<Tensor> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(dtypes) as Dtype[])),
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  )
  .chain(([dtype, shape]) => {
    const count = elementCount(shape);
    const length = count * dtypes[dtype].bytes;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes) => tensor(dtype, shape, arrayView(dtype, bytes.slice(), 0, count)));
  });
