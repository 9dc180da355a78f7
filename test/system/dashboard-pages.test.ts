import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../services/dashboard/test/chromium.ts';
import { jobId, pointAt } from '../../services/dashboard/test/fixture-jobs.ts';
import {
  type FixtureServer,
  fixtureToken,
  startFixtureServer,
} from '../../services/dashboard/test/fixture-server.ts';

/** Every page over a made-up API: what is asked here must hold whatever the service answers. */
const dist = path.join(import.meta.dirname, '../../services/dashboard/dist');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const job = `/jobs/${jobId(0)}`;
const pages: readonly (readonly [name: string, address: string, ready: string])[] = [
  ['jobs', '/', 'Training jobs'],
  ['a job', job, 'Receipt'],
  ['a job that failed', `/jobs/${jobId(2)}`, 'Receipt'],
  ['its layers', `${job}?tab=layers`, 'Values over time'],
  ['its time', `${job}?tab=time`, 'Worker timeline'],
  ['its files', `${job}?tab=files`, 'Checkpoints'],
  ['its settings', `${job}?tab=settings`, 'Settings'],
  ['its graph', `${job}/graph?open=all`, 'Computation graph'],
  ['the graph of a model', '/graph', 'Graph of a model'],
  ['predict', `/jobs/${jobId(3)}/predict`, 'Try the model'],
  ['compare', `/compare?jobs=${jobId(0)},${jobId(3)}`, 'Compare 2 jobs'],
  ['a new job', '/new', 'New training job'],
  ['data sets', '/data', 'Data sets'],
  ['the cluster', '/cluster', 'Workers (4)'],
  ['the team', '/team', 'Tokens'],
  ['staff', '/staff', 'Teams (3)'],
  ['announcements', '/staff?tab=announcements', 'Announcements'],
  ['the audit log', '/staff?tab=audit', 'Audit log'],
];

describe.skipIf(!hasChromium)('every page of the dashboard', () => {
  let server: FixtureServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startFixtureServer(dist), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });

  const open = async (url: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${url}/#token=${fixtureToken}`);
    await page.getByRole('heading', { name: 'Training jobs' }).waitFor();
    return page;
  };

  test.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (theme) => {
    const page = await open(server.url, theme);
    const found: string[] = [];
    for (const [name, address, ready] of pages) {
      await page.goto(server.url + address);
      await page.getByRole('heading', { name: ready }).first().waitFor();
      found.push(...(await objections(page)).map((objection) => `${name}: ${objection}`));
    }
    await page.context().close();
    expect(found).toEqual([]);
  });

  test('the jobs page loads under 300 KB, and neither charts nor the graph', async () => {
    const page = await open(server.url);
    const files: string[] = [];
    page.on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(server.url);
    await page.getByRole('link', { name: 'mnist-mlp' }).waitFor();
    const loaded = [...new Set(['/index.html', ...files.filter((file) => /\.(js|css|svg)$/.test(file))])];
    const bytes = loaded.map((file) => gzipSync(readFileSync(path.join(dist, file))).byteLength);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(300_000);
    expect(loaded.filter((file) => /plot|curve|graph|browser|new-job/i.test(file))).toEqual([]);
    await page.context().close();
  });

  test('a curve whose first point was drawn alone grows with those that follow', async () => {
    const page = await open(server.url);
    // The first connection brings one point and breaks, the next one the rest.
    const sse = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, index) => pointAt(first + index, first + index, 'train'))
        .map((point) => `id: ${point.sequence}\ndata: ${JSON.stringify(point)}\n\n`)
        .join('');
    let draw = () => {};
    const drawn = new Promise<void>((resolve) => {
      draw = resolve;
    });
    await page.route('**/metrics', async (route) => {
      const isFirst = route.request().headers()['last-event-id'] === undefined;
      if (!isFirst) await drawn;
      await route.fulfill({ contentType: 'text/event-stream', body: isFirst ? sse(1, 1) : sse(2, 50) });
    });
    await page.goto(server.url + job);
    await expect.poll(() => stepAt(page, 0.5), { timeout: 15_000 }).toBe(1);
    draw();
    await expect.poll(() => stepAt(page, 1), { timeout: 15_000 }).toBe(50);
    await page.context().close();
  });

  test('a zoomed curve is moved by dragging with shift or the middle button and by the arrow keys, and the other charts with it', async () => {
    const page = await open(server.url);
    await page.goto(`${server.url}/jobs/${jobId(3)}`);
    await expect.poll(() => stepAt(page, 1), { timeout: 15_000 }).toBeGreaterThan(390);
    const box = (await page.locator('.u-over').first().boundingBox())!;
    const drag = async (from: number, to: number, button: 'left' | 'middle' = 'left') => {
      await page.mouse.move(box.x + box.width * from, box.y + 50);
      await page.mouse.down({ button });
      await page.mouse.move(box.x + box.width * to, box.y + 50, { steps: 5 });
      await page.mouse.up({ button });
    };
    /** Steps at both ends of the first and of the second chart. */
    const shown = async () => [
      ...[await stepAt(page, 0), await stepAt(page, 1)],
      ...[await stepAt(page, 0, 1), await stepAt(page, 1, 1)],
    ];
    const near = (steps: number[], low: number, high: number) =>
      steps.every((step, place) => Math.abs(step - (place % 2 === 0 ? low : high)) <= 6);
    await drag(0.25, 0.5);
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 100, 200));
    await page.keyboard.down('Shift');
    await drag(0.75, 0.25);
    await page.keyboard.up('Shift');
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 150, 250));
    await drag(0.25, 0.75, 'middle');
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 100, 200));
    const chart = page.getByRole('img', { name: /^Curve of loss/ });
    for (let press = 0; press < 5; press++) await chart.press('ArrowRight');
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 150, 250));
    await chart.press('-');
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 100, 300));
    for (let press = 0; press < 20; press++) await chart.press('ArrowLeft');
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 1, 200));
    await page.mouse.dblclick(box.x + 100, box.y + 50);
    expect(await shown()).toSatisfy((steps: number[]) => near(steps, 1, 396));
    await page.context().close();
  });

  test('a large graph has its edges, and a press on its map brings that part to the screen', async () => {
    await using large = await startFixtureServer(dist, { graphBlocks: 4 });
    const page = await open(large.url);
    await page.goto(`${large.url}${job}/graph?open=all`);
    const last = page.getByRole('button', { name: /^Add block3\/out/ });
    await page
      .getByRole('button', { name: /^LayerNormalization block0/ })
      .first()
      .waitFor();
    expect(await page.locator('.react-flow__edge-path').count()).toBeGreaterThan(5);
    expect(await last.count()).toBe(0);
    const map = page.locator('svg.cursor-pointer');
    const box = (await map.boundingBox())!;
    await map.click({ position: { x: box.width / 2, y: box.height - 4 } });
    await last.waitFor();
    await page.context().close();
  });

  test('answers within 200 ms with 500 jobs in the list and 100,000 points in a curve', async () => {
    await using large = await startFixtureServer(dist, { more: 493, steps: 100_000 });
    const page = await open(large.url);
    await page.getByRole('table', { name: 'Training jobs' }).waitFor();
    const listed = async () => {
      await page.mouse.wheel(0, 100_000);
      return page.getByRole('table', { name: 'Training jobs' }).getAttribute('aria-rowcount');
    };
    await expect.poll(listed, { timeout: 15_000 }).toBe('501');
    await page.mouse.wheel(0, -100_000);
    await page.getByLabel('Choose mnist-mlp').waitFor();
    // Of 500 rows only those on the screen are drawn.
    expect(await page.getByRole('row').count()).toBeLessThan(60);

    await watchInteractions(page);
    expect(await quickest(page, () => page.getByLabel('Choose mnist-cnn').click())).toBeLessThan(200);
    expect(await quickest(page, () => page.getByRole('button', { name: 'Starred' }).click())).toBeLessThan(
      200,
    );

    await page.goto(large.url + job);
    await page.getByRole('img', { name: /^Curve of loss/ }).waitFor();
    // The axis reaches the end once all points are there.
    await expect.poll(() => stepAt(page, 1), { timeout: 60_000 }).toBeGreaterThan(99_000);
    await watchInteractions(page);
    expect(await quickest(page, () => page.getByLabel('logarithmic loss').click())).toBeLessThan(200);
    expect(await quickest(page, () => page.getByRole('slider').press('ArrowLeft'))).toBeLessThan(200);
    await page.context().close();
  });
});

/** What runs in the page is text: the types of a browser are not those of this test. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] })",
  )) as AxeResults;
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, html }) => `${target} ${html.slice(0, 160)}`).join(' | ')}`,
  );
}

/** From the press to the next paint, as the browser measures it. */
async function watchInteractions(page: Page): Promise<void> {
  await page.evaluate(`
    globalThis.interactions = new Map();
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries())
        if (interactionId > 0)
          interactions.set(interactionId, Math.max(interactions.get(interactionId) ?? 0, duration));
    }).observe({ type: 'event', durationThreshold: 16 });
  `);
}

/**
 * Milliseconds of the quickest of five: what else the machine does meanwhile is not the page's, and what the page does it
 * does every time. What was too quick to be measured counts as one frame.
 */
async function quickest(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate('interactions.clear()');
  for (let repeat = 0; repeat < 5; repeat++) {
    await act();
    await page.waitForTimeout(150);
  }
  const durations = (await page.evaluate('[...interactions.values()]')) as number[];
  return durations.length < 5 ? 16 : Math.min(...durations);
}

/** The step of the chart number `chart` at this share of its width, or NaN before it has one. */
async function stepAt(page: Page, share: number, chart = 0): Promise<number> {
  const plot = page.locator('.u-over').nth(chart);
  await plot.waitFor();
  const box = await plot.boundingBox();
  if (box === null) return Number.NaN;
  const x = Math.min(Math.max(box.width * share, 2), box.width - 2);
  await plot.hover({ position: { x, y: box.height / 2 } });
  const text = await page
    .getByText(/^step \d+$/)
    .nth(chart)
    .textContent({ timeout: 1000 })
    .catch(() => null);
  return Number(text?.replace('step ', '') ?? Number.NaN);
}
