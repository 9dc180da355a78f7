import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { jobId } from './fixture-jobs.ts';
import { fixtureToken, startFixtureServer } from './fixture-server.ts';

/** The pictures of docs/tour.md: `npm run build && npm run tour`. */
const folder = path.join(import.meta.dirname, '../../../docs/images/tour');
const job = `/jobs/${jobId(0)}`;

/** Name of the picture, address, and what must be there before it is taken. */
const pictures: readonly (readonly [name: string, address: string, ready: string])[] = [
  ['jobs', '/', 'Training jobs'],
  ['job', job, 'Receipt'],
  ['layers', `${job}?tab=layers`, 'Values over time'],
  ['time', `${job}?tab=time`, 'Worker timeline'],
  ['files', `${job}?tab=files`, 'Checkpoints'],
  ['graph', `${job}/graph?open=all&step=2`, 'Computation graph'],
  ['compare', `/compare?jobs=${jobId(0)},${jobId(3)}`, 'Compare 2 jobs'],
  ['new-job', '/new', 'Price'],
  ['cluster', '/cluster', 'Workers (4)'],
  ['team', '/team', 'Tokens'],
];

/** WebP, which is a tenth of a PNG; playwright itself writes none. */
async function picture(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  await writeFile(path.join(folder, `${name}.webp`), Buffer.from(data, 'base64'));
}

await mkdir(folder, { recursive: true });
await using server = await startFixtureServer(path.join(import.meta.dirname, '../dist'));
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(`${server.url}/#token=${fixtureToken}`);
  await page.getByRole('heading', { name: 'Training jobs' }).waitFor();
  for (const [name, address, ready] of pictures) {
    await page.goto(server.url + address);
    await page.getByRole('heading', { name: ready }).first().waitFor();
    // Curves and the layout of the graph settle.
    await page.waitForTimeout(900);
    await picture(page, name);
  }
  await page.setViewportSize({ width: 375, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(server.url + job);
  await page.getByRole('heading', { name: 'Receipt' }).waitFor();
  await page.waitForTimeout(900);
  await picture(page, 'phone');
} finally {
  await browser.close();
}
