export { type ArrayOf, type Dtype, dtypes } from './dtype.ts';
export { elementCount, type Tensor, tensor } from './tensor.ts';
