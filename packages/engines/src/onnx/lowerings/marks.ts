import { tensor } from '@descent/tensors';
import type { ModelWriter, OnnxValue } from '../model-writer.ts';

/** OneHot's two values: 0 elsewhere, 1 at the index. */
export function offOn(writer: ModelWriter): OnnxValue {
  return writer.constant(tensor('float32', [2], Float32Array.of(0, 1)));
}

/** A bool as 0 or 1, to multiply with: faster than Where, which selects in two passes. */
export function asFactor(writer: ModelWriter, condition: OnnxValue): OnnxValue {
  return writer.op('Cast', [condition], { to: 1 });
}
