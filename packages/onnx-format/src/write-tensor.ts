import { bytesOf, type Tensor } from '@descent/tensors';
import { elementTypes } from './element-types.ts';
import type { MessageDraft } from './message-types.ts';

/** A TensorProto with raw data: a view on the tensor, so write it before the tensor changes. */
export function tensorProto(name: string, { dtype, shape, data }: Tensor): MessageDraft<'TensorProto'> {
  return { name, dims: shape, dataType: elementTypes[dtype], rawData: bytesOf(data) };
}
