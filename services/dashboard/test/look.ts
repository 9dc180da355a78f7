import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { jobId } from './fixture-jobs.ts';
import { fixtureToken, startFixtureServer } from './fixture-server.ts';

/**
 * Pictures of every page in light and dark, on a desktop and on a phone, for people to look at.
 * `npm run build && npm run look [-- FOLDER [phone-dark]]`; needs Debian's chromium. Fails when a page scrolls sideways or logs an error.
 */
const here = import.meta.dirname;
const folder = path.resolve(process.argv[2] ?? path.join(tmpdir(), 'descent-look'));
/** Such as `phone-dark`: left out, all. */
const only = process.argv[3] ?? '';
const screens = { desktop: { width: 1280, height: 900 }, phone: { width: 375, height: 800 } } as const;
const complaints: string[] = [];

async function look(browser: Browser, url: string, screen: keyof typeof screens, theme: 'light' | 'dark') {
  const context = await browser.newContext({ viewport: screens[screen], colorScheme: theme });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const shoot = (name: string) => picture(page, `${name}-${screen}-${theme}`);

  await page.goto(url);
  await page.getByLabel('API token').fill('dsc_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await shoot('sign-in');

  await page.goto(`${url}/#token=${fixtureToken}`);
  await page.getByRole('heading', { name: 'Training jobs' }).waitFor();
  if (page.url().includes('token')) complaints.push('The token stays in the address bar');
  await page.getByRole('link', { name: 'mnist-mlp' }).waitFor();
  await shoot('jobs');
  await page.getByLabel('Choose mnist-mlp').check();
  await page.getByLabel('Choose mnist-cnn').check();
  await page.getByLabel('Search the jobs').fill('metrics.accuracy >');
  await page.getByRole('alert').waitFor();
  await shoot('jobs-chosen');

  for (const [address, title] of [
    ['cluster', 'Workers (4)'],
    ['team', 'Tokens'],
    ['staff', 'Teams (3)'],
    ['staff?tab=audit', 'Audit log'],
  ] as const) {
    await page.goto(`${url}/${address}`);
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByRole('row').nth(2).waitFor();
    await shoot(address.replace(/\W.*=/, '-'));
  }
  for (const [address, title, name] of [
    [`jobs/${jobId(3)}/predict`, 'Try the model', 'predict'],
    [`compare?jobs=${jobId(0)},${jobId(3)}`, 'Compare 2 jobs', 'compare'],
    ['new', 'Price', 'new'],
    ['data', 'Data sets', 'data'],
    ['staff?tab=announcements', 'Announcements', 'staff-announcements'],
  ] as const) {
    await page.goto(`${url}/${address}`);
    await page.getByRole('heading', { name: title }).first().waitFor();
    await page.waitForTimeout(400);
    await shoot(name);
  }
  for (const [n, name] of ['running', 'queued', 'failed', 'succeeded', 'paused'].entries()) {
    await page.goto(`${url}/jobs/${jobId(n)}`);
    await page.getByRole('heading', { name: 'Receipt' }).waitFor();
    await page.locator('canvas').first().waitFor();
    await page.waitForTimeout(400);
    await shoot(`job-${name}`);
  }
  for (const tab of ['layers', 'time', 'files', 'settings']) {
    await page.goto(`${url}/jobs/${jobId(0)}?tab=${tab}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.waitForTimeout(400);
    await shoot(`job-${tab}`);
  }
  await page.goto(`${url}/jobs/${jobId(0)}?tab=files`);
  await page.getByRole('button', { name: 'Fork from step 469' }).click();
  await shoot('job-fork');

  for (const [name, query] of [
    ['folded', ''],
    ['gradients', '?open=all&show=gradient&colour=gradient'],
    ['walk', '?open=all&step=2'],
    ['backward', '?open=all&backward=1&show=cost&colour=cost'],
  ] as const) {
    await page.goto(`${url}/jobs/${jobId(0)}/graph${query}`);
    await page.locator('.react-flow__node').first().waitFor();
    await page.waitForTimeout(600);
    await shoot(`graph-${name}`);
  }
  await page.goto(`${url}/graph`);
  await page.getByText('Model and numbers').click();
  await shoot('graph-model');

  await page.goto(`${url}/jobs/${jobId(0)}`);
  await page.getByLabel('logarithmic loss').check();
  await page.getByRole('combobox', { name: 'by' }).selectOption('epoch');
  await page
    .locator('.u-over')
    .first()
    .hover({ position: { x: 120, y: 80 } });
  await shoot('job-logarithmic');
  await page.getByRole('button', { name: 'Cancel job' }).click();
  await shoot('job-confirm');
  await context.close();
}

/** What a page shows when there is nothing, when nothing is answered yet, and when the service fails. */
async function lookAtEdges(browser: Browser, dist: string, screen: keyof typeof screens) {
  await using server = await startFixtureServer(dist);
  const context = await browser.newContext({ viewport: screens[screen] });
  const page = await context.newPage();
  const shoot = async (address: string, name: string, ready: string) => {
    await page.goto(server.url + address);
    await page.getByText(ready).first().waitFor({ timeout: 20_000 });
    await picture(page, `${name}-${screen}-light`);
  };
  await page.goto(`${server.url}/#token=${fixtureToken}`);
  await page.getByRole('heading', { name: 'Training jobs' }).waitFor();
  const some = `/jobs/${jobId(0)}`;
  server.answer('never');
  await shoot('/', 'loading-jobs', 'Training jobs');
  await shoot(some, 'loading-job', 'Loading');
  await shoot(`${some}/graph`, 'loading-graph', 'Loading');
  await shoot('/data', 'loading-data', 'Data sets');
  await shoot('/cluster', 'loading-cluster', 'Cluster');
  server.answer('broken');
  await shoot('/', 'broken-jobs', 'database cannot be reached');
  await shoot(some, 'broken-job', 'database cannot be reached');
  await shoot('/data', 'broken-data', 'database cannot be reached');
  await shoot('/cluster', 'broken-cluster', 'database cannot be reached');
  await shoot('/team', 'broken-team', 'database cannot be reached');
  await shoot('/new', 'broken-new', 'database cannot be reached');
  server.answer('well');
  server.clear();
  await shoot('/', 'empty-jobs', 'No training jobs yet');
  await shoot('/data', 'empty-data', 'Data sets');
  await shoot('/cluster', 'empty-cluster', 'Workers');
  await shoot('/nowhere', 'no-such-page', 'There is no such page');
  await shoot(`/jobs/${jobId(9)}`, 'no-such-job', 'There is no such job');
  await context.close();
}

async function picture(page: Page, name: string) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 0) complaints.push(`${name} scrolls sideways by ${wide} px`);
  await page.screenshot({
    path: path.join(folder, `${name}.png`),
    fullPage: !/^job-(confirm|fork)/.test(name),
  });
}

await mkdir(folder, { recursive: true });
const dist = path.join(here, '../dist');
const browser = await launchChromium();
try {
  await using server = await startFixtureServer(dist);
  for (const screen of ['desktop', 'phone'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      if (`${screen}-${theme}`.includes(only)) await look(browser, server.url, screen, theme);
    }
  }
  for (const screen of ['desktop', 'phone'] as const) {
    if (`${screen}-light`.includes(only)) await lookAtEdges(browser, dist, screen);
  }
} finally {
  await browser.close();
}
for (const complaint of complaints) console.error(complaint);
console.error(`Pictures in ${folder}, ${complaints.length} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;
