/** What one ONNX file may make the importer do. Checked before the work is done. */
export interface ImportLimits {
  /** Nodes looked at, those of unrolled loops and inlined functions counted each time. */
  readonly steps: number;
  /** Sub-graphs and functions inside each other. */
  readonly depth: number;
  /** Iterations of one loop or scan. */
  readonly iterations: number;
  /** Elements of one tensor that is computed while importing. */
  readonly foldedElements: number;
  /** Floating-point operations and elements of all of them. */
  readonly foldedWork: number;
}

export const defaultImportLimits: ImportLimits = {
  steps: 100_000,
  depth: 16,
  iterations: 4_096,
  foldedElements: 2 ** 24,
  foldedWork: 2 ** 30,
};
