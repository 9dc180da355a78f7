// Writes docs/errors.md from the catalogue: `node scripts/errors-doc.mjs`. A test holds the page against the catalogue.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';

setUp();
const { catalogueSections, renderCatalogue } = await import('@descent/errors');
writeFileSync(join(root, 'docs/errors.md'), renderCatalogue(catalogueSections));
