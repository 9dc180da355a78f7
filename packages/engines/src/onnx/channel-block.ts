import { ModelWriter } from './model-writer.ts';
import { type Runtime, sessionOptions } from './runtime.ts';

let known: Promise<number | undefined> | undefined;

/**
 * How many channels onnxruntime's convolutions keep together on this CPU: 16 with AVX-512, 8 with other x64. Asked of
 * onnxruntime itself, since tensors in a layout that its kernels do not expect would be read as other numbers. Undefined
 * where there is no such layout.
 */
export function channelBlockOf(runtime: Runtime): Promise<number | undefined> {
  known ??= probe(runtime).catch(() => undefined);
  return known;
}

/** Two places of many channels, numbered in the order of the channels-first layout: the first block ends before place 1. */
async function probe(runtime: Runtime): Promise<number | undefined> {
  if (process.arch !== 'x64') return undefined;
  const shape = [1, 64, 1, 2];
  const writer = new ModelWriter();
  writer.input('x', 'float32', shape);
  writer.output('y', 'float32', shape, writer.many('ReorderInput', ['x'], {}, 1, 'com.microsoft.nchwc')[0]!);
  const session = await runtime.InferenceSession.create(writer.encode(), sessionOptions('cpu', 1));
  const numbers = Float32Array.from({ length: 128 }, (_, index) => index);
  const { y } = await session.run({ x: new runtime.Tensor('float32', numbers, shape) });
  await session.release();
  const block = (y!.data as Float32Array).indexOf(1);
  return block > 1 ? block : undefined;
}
