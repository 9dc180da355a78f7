// Writes docs/errors.md from the compiled catalogue: `npm run build && node scripts/errors-doc.mjs`. A test holds them equal.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueSections, renderCatalogue } from '@descent/errors';
import { root } from './setup.mjs';

writeFileSync(join(root, 'docs/errors.md'), renderCatalogue(catalogueSections));
