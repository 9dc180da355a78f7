import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { BuiltinDataset, BuiltinFiles } from './builtin-dataset.ts';
import { categoryColumn, imageColumn, memorySplit, numberColumn } from './memory-split.ts';

const files: BuiltinFiles = {
  from: 'debian',
  package: 'python3-sklearn',
  folder: '/usr/lib/python3/dist-packages/sklearn/datasets/data',
};
const from = 'the Debian package python3-sklearn';

/** First line: rows, features, class names. Each row: features, then the number of its class. */
async function openTable(path: string, features: readonly string[], labels?: readonly string[]) {
  const [header = '', ...lines] = (await readFile(path, 'utf8')).trim().split(/\r?\n/);
  const classes = labels ?? header.split(',').slice(2);
  const rows = lines.map((line) => line.split(',').map(Number));
  const species = rows.map((row) => classes[row.at(-1)!]!);
  return [
    memorySplit('train', [
      ...features.map((name, index) =>
        numberColumn(
          name,
          rows.map((row) => row[index]!),
        ),
      ),
      categoryColumn('label', species, classes),
    ]),
  ];
}

export const iris: BuiltinDataset = {
  id: 'builtin:iris',
  title: 'Iris: sepals and petals of 150 flowers of 3 kinds',
  source: `R. A. Fisher, 1936; ${from}`,
  licence: 'CC BY 4.0 (UCI)',
  hash: 'a30f919cab9e60b55779c9ef60dbf867e52d4778211ef0611e449e921a4dad75',
  files,
  open: (folder) =>
    openTable(join(folder, 'iris.csv'), ['sepalLength', 'sepalWidth', 'petalLength', 'petalWidth']),
};

const wineFeatures = [
  ...['alcohol', 'malicAcid', 'ash', 'alcalinityOfAsh', 'magnesium', 'totalPhenols', 'flavanoids'],
  ...['nonflavanoidPhenols', 'proanthocyanins', 'colourIntensity', 'hue', 'dilution', 'proline'],
];

export const wine: BuiltinDataset = {
  id: 'builtin:wine',
  title: 'Wine: 13 chemical properties of 178 wines of 3 growers',
  source: `M. Forina et al., 1991; ${from}`,
  licence: 'CC BY 4.0 (UCI)',
  hash: '7bc89cee9a79902e87abfa9a551b21fb561a883a9e6d413596dd304cb66a4731',
  files,
  open: (folder) => openTable(join(folder, 'wine_data.csv'), wineFeatures),
};

const cellProperties = [
  ...['Radius', 'Texture', 'Perimeter', 'Area', 'Smoothness', 'Compactness', 'Concavity'],
  ...['ConcavePoints', 'Symmetry', 'FractalDimension'],
];

export const breastCancer: BuiltinDataset = {
  id: 'builtin:breast-cancer',
  title: 'Breast cancer Wisconsin: 30 measures of the cell nuclei of 569 tumours, malignant or benign',
  source: `W. H. Wolberg, W. N. Street, O. L. Mangasarian, 1995; ${from}`,
  licence: 'CC BY 4.0 (UCI)',
  hash: 'daa0ef5dcdcbfa6a7b40b4b7980165a56612a45369ed0f763dbd46a13174fc22',
  files,
  open: (folder) =>
    openTable(
      join(folder, 'breast_cancer.csv'),
      ['mean', 'error', 'worst'].flatMap((kind) => cellProperties.map((property) => `${kind}${property}`)),
    ),
};

export const digits: BuiltinDataset = {
  id: 'builtin:digits',
  title: 'Digits: 1,797 handwritten digits, 8 × 8 images of grey levels 0 to 16',
  source: `E. Alpaydin, C. Kaynak, 1998; ${from}`,
  licence: 'CC BY 4.0 (UCI)',
  hash: '5b223e2be7745001bb59396c6955c00a5e748c17f2c66c110231af26c8e6ae9b',
  files,
  async open(folder) {
    const text = gunzipSync(await readFile(join(folder, 'digits.csv.gz'))).toString();
    const rows = text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(',').map(Number));
    const pixels = Uint8Array.from(rows.flatMap((row) => row.slice(0, 64)));
    const label = Int32Array.from(rows, (row) => row[64]!);
    return [
      memorySplit('train', [
        imageColumn('image', [8, 8, 1], pixels),
        { layout: { name: 'label', dtype: 'int32', shape: [] }, data: label },
      ]),
    ];
  },
};
