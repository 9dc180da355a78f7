import { activationCases } from './activation-cases.ts';
import { arrangingCases } from './arranging-cases.ts';
import { attentionCases } from './attention-cases.ts';
import { einsumCases } from './einsum-cases.ts';
import { elementWiseCases } from './element-wise-cases.ts';
import { indexingCases } from './indexing-cases.ts';
import { integerCases } from './integer-cases.ts';
import { matrixCases } from './matrix-cases.ts';
import { normalizationCases } from './normalization-cases.ts';
import type { OperationCase } from './operation-case.ts';
import { recurrentCases } from './recurrent-cases.ts';
import { reductionCases } from './reduction-cases.ts';
import { resizeCases } from './resize-cases.ts';
import { shapeCases } from './shape-cases.ts';
import { windowCases } from './window-cases.ts';

/** The behavioural suite of all operations. Every engine must agree with the reference evaluation on each case. */
export const operationCases: readonly OperationCase[] = [
  ...activationCases,
  ...attentionCases,
  ...elementWiseCases,
  ...integerCases,
  ...matrixCases,
  ...normalizationCases,
  ...recurrentCases,
  ...reductionCases,
  ...shapeCases,
  ...arrangingCases,
  ...einsumCases,
  ...indexingCases,
  ...resizeCases,
  ...windowCases,
];
