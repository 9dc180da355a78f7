import type { Explanation } from '@descent/client';
import type { SceneBox } from './scene.ts';

type ExplainedNode = Explanation['nodes'][number];
export type ExplainedValue = Explanation['leaves'][number];

/** What flowed through a graph, by name. */
export interface Facts {
  readonly nodes: ReadonlyMap<string, ExplainedNode>;
  readonly values: ReadonlyMap<string, ExplainedValue>;
}

export function factsOf({ nodes, leaves }: Explanation): Facts {
  const outputs = nodes.flatMap((node) => node.outputs);
  return {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    values: new Map([...leaves, ...outputs].map((value) => [value.name, value])),
  };
}

/** The value that a box is known by: the first that leaves it and that something is known of. */
export function explainedValue({ outputs }: SceneBox, { values }: Facts): ExplainedValue | undefined {
  for (const name of outputs) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

export const measures = ['none', 'gradient', 'zeros', 'saturation', 'cost', 'memory'] as const;
/** What the colour of a box stands for. */
export type Measure = (typeof measures)[number];

/**
 * Colour of every box by a measure, from 0 to 1; boxes that the measure says nothing about are absent. Gradient norms
 * span many orders of magnitude, so they are ranked on a logarithmic scale between the smallest and the largest.
 */
export function heatOf(
  boxes: readonly SceneBox[],
  measure: Measure,
  facts: Facts | undefined,
): ReadonlyMap<string, number> {
  const raw = boxes.flatMap((box): [string, number][] => {
    const value = rawHeat(box, measure, facts);
    return value === undefined ? [] : [[box.id, value]];
  });
  if (measure !== 'gradient') {
    const most =
      measure === 'zeros' || measure === 'saturation' ? 1 : Math.max(...raw.map(([, value]) => value), 1);
    return new Map(raw.map(([id, value]) => [id, Math.sqrt(value / most)]));
  }
  const logs = raw.filter(([, value]) => value > 0).map(([, value]) => Math.log10(value));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const place = (value: number) => {
    if (value <= 0) return 0;
    return high > low ? 0.1 + (0.9 * (Math.log10(value) - low)) / (high - low) : 1;
  };
  return new Map(raw.map(([id, value]) => [id, place(value)]));
}

function rawHeat(box: SceneBox, measure: Measure, facts: Facts | undefined): number | undefined {
  switch (measure) {
    case 'none':
      return undefined;
    case 'cost':
      return box.flops > 0 ? box.flops : undefined;
    case 'memory':
      return box.bytes;
    case 'gradient':
      return facts && (explainedValue(box, facts)?.gradient?.statistics.norm ?? undefined);
    case 'zeros':
      return facts && explainedValue(box, facts)?.value.statistics.zeroShare;
    case 'saturation': {
      const shares = box.nodes.flatMap((name) => facts?.nodes.get(name)?.saturation?.share ?? []);
      return shares.length === 0 ? undefined : Math.max(...shares);
    }
    default:
      return measure satisfies never;
  }
}
