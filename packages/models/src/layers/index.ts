import { activation } from './activation.ts';
import { add } from './add.ts';
import { averagePool2d } from './average-pool2d.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool2d } from './global-average-pool2d.ts';
import type { LayerTable } from './layer.ts';
import { maxPool2d } from './max-pool2d.ts';
import { reshape } from './reshape.ts';

/** Every layer type that a spec may name. */
export const layers: LayerTable = {
  dense,
  conv2d,
  maxPool2d,
  averagePool2d,
  globalAveragePool2d,
  flatten,
  reshape,
  activation,
  dropout,
  add,
  concat,
};
