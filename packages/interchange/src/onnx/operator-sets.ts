import { DescentError } from '@descent/errors';
import type { ModelProto } from '@descent/onnx-format';

/** Versions of ONNX's operator set whose differences from 17 the importer knows, or finds and refuses at the node. */
export const oldestOpset = 1;
export const newestOpset = 18;

/** The version of ONNX's operator set that a model or a function is written for. */
export function opsetOf(imports: ModelProto['opsetImport']): number {
  const found = imports.find(({ domain }) => domain === undefined || domain === '' || domain === 'ai.onnx');
  const version = Number(found?.version ?? 1);
  if (found !== undefined && version >= oldestOpset && version <= newestOpset) return version;
  throw new DescentError('ONNX_OPSET_UNSUPPORTED', {
    domain: 'ai.onnx',
    version,
    supported: `${oldestOpset} to ${newestOpset}`,
  });
}
