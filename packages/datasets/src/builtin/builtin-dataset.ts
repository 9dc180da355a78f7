import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { SplitSource } from '../split-source.ts';

/** Where the files of a built-in data set come from. */
export type BuiltinFiles =
  | { readonly from: 'npm'; readonly package: string }
  | { readonly from: 'debian'; readonly package: string; readonly folder: string }
  /** Made by a seeded generator. */
  | { readonly from: 'generator' };

export interface BuiltinDataset {
  readonly id: `builtin:${string}`;
  readonly title: string;
  readonly source: string;
  readonly licence: string;
  /** Of the manifest. */
  readonly hash: string;
  readonly files: BuiltinFiles;
  /** @param folder that holds its files; '' for a generator */
  readonly open: (folder: string) => Promise<SplitSource[]>;
}

/** The folder of its files; undefined when they are not installed. */
export function builtinFolder(files: BuiltinFiles): string | undefined {
  switch (files.from) {
    case 'generator':
      return '';
    case 'debian':
      return existsSync(files.folder) ? files.folder : undefined;
    case 'npm':
      return packageFolder(files.package);
    default:
      return files satisfies never;
  }
}

/** The command that installs its files. */
export function installCommand(files: BuiltinFiles): string {
  switch (files.from) {
    case 'generator':
      return '';
    case 'debian':
      return `apt-get install ${files.package}`;
    case 'npm':
      return `npm install ${files.package}`;
    default:
      return files satisfies never;
  }
}

/** By the folders that node looks into: a package need not have an entry point. */
function packageFolder(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    const paths = require.resolve.paths(name) ?? [];
    return paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')));
  }
}
