/** What a model may ask for. Checked while it is compiled, before anything of that size is allocated. */
export interface ModelLimits {
  /** Elements of all parameters together. */
  readonly parameters: number;
  /** Layers and nodes of the spec, with repeats and calls written out. */
  readonly nodes: number;
  /** Operations of the forward graph: of layers, with recurrences unrolled over time. */
  readonly operations: number;
  /** Elements of any value, per sample. */
  readonly elementsPerSample: number;
}

export const defaultLimits: ModelLimits = {
  parameters: 200_000_000,
  nodes: 10_000,
  operations: 12_000,
  elementsPerSample: 2 ** 31,
};
