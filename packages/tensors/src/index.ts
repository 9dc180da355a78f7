export { arrayOf, arrayView, bytesOf } from './array-view.ts';
export { type ArrayOf, type Dtype, dtypes } from './dtype.ts';
export { decodeNpy, encodeNpy } from './npy.ts';
export { type NpyElement, npyElement, npyElementNames } from './npy-element.ts';
export { type NpyHeader, parseNpyHeader } from './npy-header.ts';
export { encodeNpz, type NpzLimits, npzEntries, readNpz } from './npz.ts';
export { multiplyHigh, philox4x32 } from './philox.ts';
export {
  decodeSafetensors,
  readSafetensorsHeader,
  type SafetensorsFile,
  type SafetensorsHeader,
} from './safetensors-decode.ts';
export { encodeSafetensors, type NamedTensors, safetensorsChunks } from './safetensors-encode.ts';
export { type SafetensorsEntry, type SafetensorsLayout, safetensorsLayout } from './safetensors-layout.ts';
export { formatShape } from './shape.ts';
export { elementCount, type Tensor, tensor } from './tensor.ts';
export { openZip, type ZipEntry, type ZipFile, zipContent, zipEntries } from './zip.ts';
