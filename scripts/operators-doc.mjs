// Writes docs/operators.md from the conformance cases and our own, which must be installed (libonnx-testdata):
// `node --import tsx --conditions descent-source scripts/operators-doc.mjs`. A test holds them equal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames } from '@descent/engines';
import { readCases } from '../test/conformance/cases.ts';
import { claims } from '../test/conformance/claims.ts';
import { renderOperators } from '../test/conformance/operators-page.ts';
import { root } from './setup.mjs';

writeFileSync(join(root, 'docs/operators.md'), renderOperators(claims(readCases()), engineNames));
