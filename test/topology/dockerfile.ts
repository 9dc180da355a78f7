import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './compose-file.ts';

export interface DockerStage {
  /** Empty for the last one of a file that does not name it. */
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly { readonly keyword: string; readonly rest: string }[];
}

export function readDockerfile(file: string): DockerStage[] {
  const stages: (DockerStage & { instructions: { keyword: string; rest: string }[] })[] = [];
  for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
    const [, keyword, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (keyword === 'FROM') {
      const [, base = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ name, base, instructions: [] });
    } else if (keyword !== undefined) {
      stages.at(-1)?.instructions.push({ keyword, rest });
    }
  }
  return stages;
}

/** A stage with those it is made from, the base first. */
export function lineage(stages: readonly DockerStage[], target: string | undefined): DockerStage[] {
  const stage = target === undefined ? stages.at(-1) : stages.find(({ name }) => name === target);
  if (stage === undefined) throw new Error(`there is no stage ${target}`);
  const isStage = stages.some(({ name }) => name === stage.base);
  return [...(isStage ? lineage(stages, stage.base) : []), stage];
}

/** What an image runs. */
export function commandOf(stages: readonly DockerStage[], target: string | undefined): string[] {
  const last = lineage(stages, target)
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === 'CMD');
  return JSON.parse(last?.rest ?? '[]') as string[];
}
