import type { ExportFormat } from '@descent/contracts';
import { encodeSafetensors } from '@descent/tensors';
import { exportOnnx } from './onnx/export-onnx.ts';
import { exportPytorch } from './pytorch/export-pytorch.ts';
import { exportTfjs } from './tfjs/export-tfjs.ts';
import type { TrainedModel } from './trained-model.ts';

export interface ExportedFile {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mediaType: string;
}

/**
 * A trained model as one file.
 *
 * @throws DescentError EXPORT_UNSUPPORTED naming every layer or operation that the format has no words for
 */
export function exportModel(format: ExportFormat, trained: TrainedModel): ExportedFile {
  const { name, weights } = trained;
  switch (format) {
    case 'onnx':
      return { bytes: exportOnnx(trained), fileName: `${name}.onnx`, mediaType: 'application/octet-stream' };
    case 'safetensors':
      return {
        bytes: encodeSafetensors(weights),
        fileName: `${name}.safetensors`,
        mediaType: 'application/octet-stream',
      };
    case 'pytorch': {
      const bytes = new TextEncoder().encode(exportPytorch(trained));
      return { bytes, fileName: `${name}.py`, mediaType: 'text/x-python' };
    }
    case 'tfjs':
      return { bytes: exportTfjs(trained), fileName: `${name}-tfjs.zip`, mediaType: 'application/zip' };
    default:
      return format satisfies never;
  }
}
