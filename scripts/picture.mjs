// Takes the README's picture: `npm run build && node scripts/picture.mjs` (needs Debian's chromium).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStack, whenStep } from '@descent/testkit';
import { chromium } from 'playwright-core';
import { root } from './setup.mjs';

const stack = await startStack({ workers: 2 });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
try {
  const job = JSON.parse(readFileSync(join(root, 'examples/mnist-mlp.json'), 'utf8'));
  const { id } = await stack.client.jobs.create(job);
  const page = await browser.newPage({ viewport: { width: 1280, height: 740 }, colorScheme: 'light' });
  await page.goto(`${stack.url}/#token=${stack.token}`);
  await whenStep(stack.client, id, 1000);
  await page.goto(`${stack.url}/jobs/${id}`);
  await page.getByText('validation accuracy').waitFor();
  await page.locator('canvas').first().waitFor();
  await page.screenshot({ path: join(root, 'docs/images/job.png') });
} finally {
  await browser.close();
  await stack.stop();
}
