import { writeFile } from 'node:fs/promises';
import { renderLayersPage } from '../packages/models/src/layers-page.fixture.ts';

await writeFile(new URL('../docs/layers.md', import.meta.url), renderLayersPage());
