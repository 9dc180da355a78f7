import path from 'node:path';
import type { Job } from '@descent/client';
import { startStack, whenStep } from '@descent/testkit';
import type { Browser, Page } from 'playwright-core';
import mnist from '../../../examples/mnist-mlp.json' with { type: 'json' };
import { launchChromium } from './chromium.ts';
import { jobId } from './fixture-jobs.ts';
import { fixtureToken, startFixtureServer } from './fixture-server.ts';
import { framesDuring } from './frames.ts';

/**
 * How smooth the large views are, and how soon the first point is on the screen:
 * `npm run build && npm run measure -w @descent/dashboard [-- graph|curve|first]`. A quiet machine, please. docs/performance.md has what came out.
 */
const only = process.argv[2] ?? '';
const dist = path.join(import.meta.dirname, '../dist');

async function measureFrames(page: Page, name: string, act: () => Promise<void>): Promise<void> {
  const { perSecond, median, p95, longest } = await framesDuring(page, act);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    `${name.padEnd(58)} ${perSecond.toFixed(1).padStart(5)} fps   median ${ms(median)}, p95 ${ms(p95)}, longest ${ms(longest)}`,
  );
}

/** Drags the pointer there and back, so that nothing leaves the screen for good. */
async function drag(page: Page, { x, y }: { x: number; y: number }, by: number): Promise<void> {
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const [dx, dy] of [
    [by, -by],
    [-by, by],
    [0, 0],
  ] as const) {
    await page.mouse.move(x + dx, y + dy, { steps: 40 });
  }
  await page.mouse.up();
}

async function wheel(page: Page, { x, y }: { x: number; y: number }, delta: number): Promise<void> {
  await page.mouse.move(x, y);
  for (let turn = 0; turn < 40; turn++) await page.mouse.wheel(0, turn < 20 ? delta : -delta);
}

async function signIn(browser: Browser, url: string, token: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole('link', { name: 'Jobs', exact: true }).waitFor();
  return page;
}

async function graph(browser: Browser): Promise<void> {
  await using server = await startFixtureServer(dist, { graphBlocks: 50 });
  const page = await signIn(browser, server.url, fixtureToken);
  await page.goto(`${server.url}/jobs/${jobId(0)}/graph`);
  await page.locator('.react-flow__node').first().waitFor();
  await page.waitForTimeout(500);
  const began = Date.now();
  await page.getByRole('button', { name: 'Unfold all' }).click();
  await page
    .getByRole('button', { name: /^LayerNormalization/ })
    .first()
    .waitFor();
  await page.evaluate('new Promise(requestAnimationFrame)');
  console.log(
    `${'graph of 1,000 operations: unfold all, until it is drawn'.padEnd(58)} ${Date.now() - began} ms`,
  );
  await page.waitForTimeout(800);
  const middle = { x: 640, y: 520 };
  const drawn = async () => `${await page.locator('.react-flow__node').count()} boxes on the screen`;
  const nearby = await drawn();
  await measureFrames(page, `  pan at a legible size, ${nearby}`, () => drag(page, middle, 250));
  await measureFrames(page, '  zoom there and back', () => wheel(page, middle, 30));
  await page.getByRole('button', { name: 'Fit View' }).click();
  await page.waitForTimeout(1000);
  const whole = await drawn();
  await measureFrames(page, `  pan the whole, ${whole}`, () => drag(page, middle, 250));
  await measureFrames(page, '  zoom there and back', () => wheel(page, middle, -30));
  await page.close();
}

async function curve(browser: Browser): Promise<void> {
  await using server = await startFixtureServer(dist, { steps: 100_000 });
  const page = await signIn(browser, server.url, fixtureToken);
  for (const [name, job] of [
    ['at rest', jobId(3)],
    ['while points come', jobId(0)],
  ] as const) {
    await page.goto(`${server.url}/jobs/${job}`);
    const over = page.locator('.u-over').first();
    await over.waitFor();
    await page.getByText('Loading', { exact: false }).first().waitFor({ state: 'hidden' });
    // All 100,000 points have come, page by page, and the last of them are drawn.
    await page.waitForTimeout(15_000);
    await over.scrollIntoViewIfNeeded();
    const box = (await over.boundingBox())!;
    const at = { x: box.x + 20, y: box.y + box.height / 2 };
    console.log(`curves of 100,000 points, ${name}`);
    await measureFrames(page, '  crosshair', async () => {
      await page.mouse.move(at.x, at.y);
      for (const x of [box.width - 40, 0, box.width - 40])
        await page.mouse.move(at.x + x, at.y, { steps: 40 });
    });
    await measureFrames(page, '  zoom in by dragging, out by a double click, five times', async () => {
      for (let repeat = 0; repeat < 5; repeat++) {
        await page.mouse.move(at.x + repeat * 10, at.y);
        await page.mouse.down();
        await page.mouse.move(at.x + box.width / 2, at.y, { steps: 15 });
        await page.mouse.up();
        await page.mouse.dblclick(at.x + 30, at.y);
      }
    });
    await page.mouse.move(5, 5);
    await measureFrames(page, '  nothing touched', () => page.waitForTimeout(2000));
  }
  await page.close();
}

/** From the moment that the parameter server notes for the first step until its point has been painted. */
async function first(browser: Browser): Promise<void> {
  const stack = await startStack({ workers: 1 });
  try {
    const page = await signIn(browser, stack.url, stack.token);
    const delays: number[] = [];
    for (let repeat = 0; repeat < 5; repeat++) {
      await page.goto(stack.url);
      const { id } = await stack.client.jobs.create({
        ...(mnist as Job['request']),
        name: `first ${repeat}`,
      });
      await page.goto(`${stack.url}/jobs/${id}`);
      const painted = (await page.evaluate(`new Promise((resolve) => {
        let waited = false;
        (function look() {
          const waits = document.body.innerText.includes('The curve begins with the first step');
          waited ||= waits;
          if (waits || !waited) requestAnimationFrame(look);
          else requestAnimationFrame(() => resolve(Date.now()));
        })();
      })`)) as number;
      await whenStep(stack.client, id, 1);
      const { value: point } = await stack.client.jobs.metricsSoFar(id).next();
      if (point) delays.push(painted - Date.parse(point.time));
      await stack.client.jobs.cancel(id);
    }
    console.log(`first step → its point painted, five jobs: ${delays.join(', ')} ms`);
    await page.close();
  } finally {
    await stack.stop();
  }
}

const browser = await launchChromium();
try {
  for (const measure of [graph, curve, first]) if (measure.name.includes(only)) await measure(browser);
} finally {
  await browser.close();
}
