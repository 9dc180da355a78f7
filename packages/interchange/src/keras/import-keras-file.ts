import { isDescentError } from '@descent/errors';
import { strFromU8, type UnzipFileInfo, unzipSync } from 'fflate';
import type { ImportedModel } from '../onnx/import-onnx.ts';
import { type ImportKerasOptions, importKeras } from './import-keras.ts';
import { listField } from './json.ts';
import { invalid } from './read-topology.ts';

/** A Keras model as it was uploaded. */
interface KerasFile {
  /** Parsed, not yet checked. */
  readonly json: unknown;
  /** The files of the weights manifest, one after the other. */
  readonly weights?: Uint8Array;
}

/** What all files of an archive may unpack to, together. */
const mostUnpackedBytes = 2 * 1024 ** 3;

/**
 * The JSON of a Keras model, or a zip of a TensorFlow.js `model.json` with the weight files that its manifest names,
 * as `descent export --format tfjs` writes it. Sizes are checked before anything is unpacked.
 *
 * @throws DescentError KERAS_INVALID
 */
function readKerasFile(bytes: Uint8Array): KerasFile {
  return isZip(bytes) ? readArchive(bytes) : { json: parsed(bytes) };
}

function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** By the first bytes: JSON or a zip. An ONNX file starts with the number of a field. */
export function isKerasFile(bytes: Uint8Array): boolean {
  return bytes[0] === openingBrace || isZip(bytes);
}

const openingBrace = 0x7b;

/** `importKeras` of a file as it was uploaded. */
export function importKerasFile(
  bytes: Uint8Array,
  options: Omit<ImportKerasOptions, 'weights'>,
): ImportedModel {
  const { json, weights } = readKerasFile(bytes);
  return importKeras(json, weights === undefined ? options : { ...options, weights });
}

function readArchive(bytes: Uint8Array): KerasFile {
  const seen = new Set<string>();
  let unpacked = 0;
  const admit = ({ name, originalSize }: UnzipFileInfo) => {
    if (name.endsWith('/')) return false;
    if (seen.has(name)) throw invalid(`the archive has "${name}" twice`);
    seen.add(name);
    unpacked += originalSize;
    if (unpacked > mostUnpackedBytes)
      throw invalid(`the archive unpacks to more than ${mostUnpackedBytes} bytes`);
    return true;
  };
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(bytes, { filter: admit });
  } catch (cause) {
    if (isDescentError(cause)) throw cause;
    throw invalid('the zip archive is damaged');
  }
  const topology = Object.keys(files).filter((name) => /(^|\/)model\.json$/.test(name));
  const [main] = topology;
  if (main === undefined || topology.length > 1) {
    throw invalid(`the archive has ${topology.length} files model.json; it needs one`);
  }
  const json = parsed(files[main]!);
  const folder = main.slice(0, -'model.json'.length);
  const parts = listField(json, 'weightsManifest')
    .flatMap((group) => listField(group, 'paths'))
    .map((path) => {
      const part = Object.hasOwn(files, `${folder}${path}`) ? files[`${folder}${path}`] : undefined;
      if (part === undefined) throw invalid(`the archive lacks the weight file "${path}" of its manifest`);
      return part;
    });
  return parts.length === 0 ? { json } : { json, weights: Buffer.concat(parts) };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(strFromU8(bytes));
  } catch {
    throw invalid('it is not JSON');
  }
}
