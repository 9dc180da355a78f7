import { readFileSync } from 'node:fs';
import type { Job } from '@descent/client';
import { type Stack, startStack, whenJobState, whenStep } from '@descent/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../services/dashboard/test/chromium.ts';

function exampleOf(name: string): Job['request'] {
  return JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));
}
const request = { ...exampleOf('mnist-mlp'), name: 'curves to watch' };

if (!hasChromium) console.warn('The browser test is skipped: install Debian’s `chromium` to run it.');

describe.skipIf(!hasChromium)('the dashboard of the running service', () => {
  let stack: Stack;
  let browser: Browser;
  let page: Page;
  /** What the browser complained about: scripts that threw, files or styles that its policy refused. */
  const complaints: string[] = [];

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack({ workers: 2 }), launchChromium()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium logs every answer of 400 and above; the wrong token and the wrong form below are meant to get one.
      if (message.type() === 'error' && !/status of 4(01|22)/.test(message.text()))
        complaints.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });

  const stepShown = async () =>
    Number(await page.getByRole('progressbar', { name: 'Progress' }).getAttribute('aria-valuenow'));

  test('a wrong token is refused in words, the right one signs in', async () => {
    await page.goto(stack.url);
    await page.getByLabel('API token').fill('dsc_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('This token is not valid').waitFor();
    await page.getByLabel('API token').fill(stack.token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'No training jobs yet' }).waitFor();
  });

  test('a job submitted elsewhere appears, its curve moves in one and the same plot, and it can be paused and resumed', async () => {
    const job = await stack.client.jobs.create(request);
    await page.getByRole('link', { name: 'curves to watch' }).click();
    await whenStep(stack.client, job.id, 30);
    const plot = page.getByRole('img', { name: /^Curve of loss/ }).locator('canvas');
    await expect.poll(stepShown, { timeout: 30_000 }).toBeGreaterThan(0);
    const canvas = await plot.elementHandle();
    const before = await plot.screenshot();
    await expect.poll(async () => (await plot.screenshot()).equals(before), { timeout: 30_000 }).toBe(false);
    expect(await canvas?.evaluate((element) => element.isConnected)).toBe(true);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    const paused = await stack.client.jobs.get(job.id);
    expect(paused.state).toBe('paused');
    expect(paused.progress.step).toBeLessThan(paused.progress.steps);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(stepShown, { timeout: 60_000 }).toBeGreaterThan(paused.progress.step);
  });

  test('the end shows by itself, with the weights hash, and the weights can be downloaded', async () => {
    await page.getByText('succeeded', { exact: true }).waitFor({ timeout: 120_000 });
    const [job] = (await stack.client.jobs.list()).jobs;
    await page.getByText(job?.receipt.weightsHash ?? 'no hash').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download weights' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`${job?.id}.safetensors`);
    expect(await page.getByRole('button', { name: 'Cancel job' }).count()).toBe(0);
  });

  test('its parts show the layers over time, who computed what, its files and its settings', async () => {
    await page.getByRole('button', { name: 'Layers' }).click();
    await page.getByRole('img', { name: /^gradient norm of each parameter/ }).waitFor();
    await page.getByRole('button', { name: /^logits\/kernel \d/ }).click();
    await page.getByRole('img', { name: /^Values of logits\/kernel from step/ }).waitFor();
    await page.getByRole('button', { name: 'Time', exact: true }).click();
    await expect.poll(() => page.getByRole('img', { name: /parts of \d+ ms$/ }).count()).toBe(3);
    await page.getByRole('button', { name: 'Files' }).click();
    await page.getByText('best', { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download ONNX' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.onnx$/);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByText('curl --fail-with-body').waitFor();
  });

  test('tags and the search language find it among the jobs, and a mistake in a query is shown in its place', async () => {
    await page.getByLabel('Add a tag').fill('digits');
    await page.getByLabel('Add a tag').press('Enter');
    await page.getByRole('button', { name: 'Remove tag digits' }).waitFor();
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    const found = page.getByRole('link', { name: 'curves to watch' });
    const search = page.getByLabel('Search the jobs');
    await search.fill('tag = digits metrics.accuracy > 0.5 and optimizer.learningRate < 1');
    await expect.poll(() => page.url()).toContain('accuracy');
    await found.waitFor();
    await search.fill('metrics.accuracy > 1');
    await page.getByRole('heading', { name: 'No job is like that' }).waitFor();
    await search.fill('metrics.accuracy >');
    await page.getByRole('alert').getByText('^').waitFor();
    await search.fill('');
    await page.getByRole('img', { name: 'Loss of curves to watch' }).waitFor();
    await found.click();
  });

  test('the graph of the trained model is walked forward and back, with the numbers of a sample', async () => {
    // Of the job: the navigation has a link of the same name, which is there before the job is.
    await page.getByRole('main').getByRole('link', { name: 'Graph', exact: true }).click();
    await page.getByRole('heading', { name: 'Computation graph' }).waitFor();
    await page.getByRole('button', { name: 'Show the operations of logits' }).press('Enter');
    await page.getByRole('button', { name: 'Step through' }).click({ timeout: 60_000 });
    await page.getByText(/^Forward 1 of \d+/).waitFor();
    await page.keyboard.press('End');
    await page.getByText(/^Backward (\d+) of \1:/).waitFor();
    const panel = page.getByRole('complementary');
    await panel.getByText('gradient of the loss').waitFor();
    await page.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('button', { name: /^Gemm logits/ }).press('Enter');
    await panel.getByText('dA = α · dY · Bᵀ').waitFor();
    await panel.getByRole('button', { name: 'Check with finite differences' }).click();
    await panel.getByText('✓ agrees with finite differences').waitFor({ timeout: 60_000 });
    // The address holds the view: the same link shows the same box.
    await page.reload();
    await panel.getByRole('heading', { name: 'Gemm' }).waitFor();
  });

  test('a drawn digit gets its classes with their probabilities', async () => {
    await page.getByRole('link', { name: /^← / }).click();
    await page.getByRole('link', { name: 'Predict' }).click();
    const paper = page.getByLabel('Draw here');
    const box = await paper.boundingBox();
    if (box === null) throw new Error('there is no paper to draw on');
    // An upright stroke: a one.
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.8, { steps: 12 });
    await page.mouse.up();
    const best = page.getByRole('listitem').first();
    await best.waitFor();
    expect(await best.innerText()).toMatch(/^1\s+\d+\.\d%$/);
  });

  test('an image file is answered too, as the model reads it', async () => {
    const drawn = (await page.evaluate(`(() => {
      const paper = document.createElement('canvas');
      paper.width = paper.height = 140;
      const pen = paper.getContext('2d');
      pen.fillRect(0, 0, 140, 140);
      pen.fillStyle = 'white';
      pen.fillRect(62, 25, 14, 90);
      return paper.toDataURL('image/png').split(',')[1];
    })()`)) as string;
    const before = await page.getByRole('listitem').first().innerText();
    await page.getByLabel('Choose an image or drop it here').setInputFiles({
      name: 'one.png',
      mimeType: 'image/png',
      buffer: Buffer.from(drawn, 'base64'),
    });
    await page.getByLabel('The image as the model reads it').waitFor();
    const best = page.getByRole('listitem').first();
    await expect.poll(() => best.innerText()).not.toBe(before);
    expect(await best.innerText()).toMatch(/^1\s+\d+\.\d%$/);
  });

  test('its worst mistakes on the validation samples are shown with their images', async () => {
    await page.getByRole('button', { name: 'Find them' }).click();
    await page.getByText(/^\d+ of 2000 samples of/).waitFor({ timeout: 60_000 });
    await page
      .getByRole('img', { name: /^Sample \d+/ })
      .first()
      .waitFor({ timeout: 60_000 });
  });

  test('a job is written in the form, priced, corrected and submitted, and compared with the first one', async () => {
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByRole('link', { name: 'New job' }).click();
    await page.getByRole('heading', { name: 'Price' }).waitFor();
    const editor = page.getByLabel('Job in JSON or YAML');
    await editor.fill(JSON.stringify({ ...request, training: { ...request.training, epochs: 0 } }, null, 2));
    await page.getByRole('alert').getByText('training.epochs').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Submit job' }).isEnabled()).toBe(false);
    const training = { ...request.training, epochs: 1, batchSize: 512 };
    await editor.fill(JSON.stringify({ ...request, name: 'from the form', training }, null, 2));
    await page.getByRole('button', { name: 'Submit job' }).click();
    await page.getByRole('heading', { name: 'from the form' }).waitFor();

    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.getByLabel('Choose from the form').check();
    await page.getByLabel('Choose curves to watch').check();
    await page.getByRole('link', { name: 'Compare 2' }).click();
    await page.getByRole('heading', { name: 'Compare 2 jobs' }).waitFor();
    await page
      .getByRole('row', { name: /^training.batchSize/ })
      .getByText('512')
      .waitFor();
    const plot = page.getByRole('img', { name: /^Curves of loss/ }).locator('canvas');
    await plot.waitFor();
  });

  test('a model of words is asked with text, a model of a table with a CSV file, each also at a checkpoint', async () => {
    const few = (name: string, epochs: number) => {
      const job = exampleOf(name);
      return stack.client.jobs.create({ ...job, training: { ...job.training, epochs } });
    };
    const [mails, birds] = await Promise.all([few('spam-words', 1), few('penguins', 8)]);
    await whenJobState(stack.client, mails.id, 'succeeded');
    await page.goto(`${stack.url}/jobs/${mails.id}/predict`);
    await page
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('Click here to claim your free prize, guaranteed money, no obligation!!!');
    await page.getByRole('button', { name: 'Ask' }).first().click();
    await page.getByRole('listitem').filter({ hasText: /^spam/ }).waitFor();

    await whenJobState(stack.client, birds.id, 'succeeded');
    await page.goto(`${stack.url}/jobs/${birds.id}?tab=files`);
    await page
      .getByRole('link', { name: /^Predict after step/ })
      .first()
      .click();
    await page.getByRole('combobox', { name: 'parameters' }).waitFor();
    const rows = [
      'beakLength,beakDepth,flipperLength,bodyMass,island,sex',
      '39.1,18.7,181,3750,Torgersen,MALE',
    ];
    await page.getByLabel('Choose a CSV file or drop it here').setInputFiles({
      name: 'birds.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([...rows, '48.4,14.4,203,4625,Biscoe,FEMALE'].join('\n')),
    });
    await page.getByRole('heading', { name: 'row 2' }).waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: '%' }).count()).toBe(6);
  });

  test('a link with the token in its fragment signs in at once, and the address bar does not keep it', async () => {
    const other = await browser.newPage();
    await other.goto(`${stack.url}/?state=succeeded#token=${stack.token}`);
    await other.getByRole('link', { name: 'curves to watch' }).waitFor({ timeout: 60_000 });
    expect(other.url()).toBe(`${stack.url}/?state=succeeded`);
    await other.close();
  });

  test('a file dropped on the data page becomes a data set, shown with its classes and what was found', async () => {
    await page.goto(`${stack.url}/data#token=${stack.token}`);
    const rows = Array.from({ length: 40 }, (_, row) => `${row % 20},${row % 4 === 0 ? 'ash' : 'oak'}`);
    const content = `height,label\n${rows.join('\n')}\n`;
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([${JSON.stringify(content)}], 'trees.csv'));
      return transfer;
    })()`);
    await page
      .getByRole('region', { name: 'Upload a data set' })
      .dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('heading', { name: 'trees' }).waitFor();
    await page.getByText('train: 20 samples repeat an earlier one, first 20, 21, 22').waitFor();
    const classes = page.getByRole('region', { name: 'Classes of label' });
    expect(await classes.getByRole('definition').allInnerTexts()).toEqual(['30', '10']);
    await page.getByRole('img', { name: 'Histogram from 0 to 20' }).waitFor();
    const uploaded = (await stack.client.datasets.list()).find(({ name }) => name === 'trees');
    expect(uploaded).toMatchObject({ state: 'ready', version: 1 });
  });

  test('the cluster shows its workers, and one of them is paused and resumed', async () => {
    await page.getByRole('link', { name: 'Cluster' }).click();
    await page.getByRole('heading', { name: 'Workers (2)' }).waitFor();
    const [worker] = await stack.client.cluster.workers();
    await page.getByRole('button', { name: `Pause ${worker?.name}` }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Resume ${worker?.name}` }).click();
    await expect.poll(() => page.getByText('active', { exact: true }).count(), { timeout: 10_000 }).toBe(2);
    await page.getByRole('heading', { name: 'Queue' }).waitFor();
    await page.getByText(/^parameter-server.* · \d+ jobs?$/).waitFor();
  });

  test('a member joins by a link, and sees the own team and its jobs alone', async () => {
    const team = await stack.client.accounts.createTeam({ name: 'Saddle points' });
    const { code } = await stack.client.accounts.invite(team.id);
    const context = await browser.newContext();
    const other = await context.newPage();
    await other.goto(`${stack.url}/#join=${code}`);
    await other.getByLabel('Your name').fill('Emmy');
    await other.getByRole('button', { name: 'Join' }).click();
    await other.getByRole('heading', { name: 'No training jobs yet' }).waitFor();
    expect(await other.getByRole('link', { name: 'Staff' }).count()).toBe(0);
    await other.getByRole('link', { name: 'Team' }).click();
    await other.getByRole('heading', { name: 'Saddle points' }).waitFor();
    await other.getByRole('row', { name: /^Emmy \(you\)/ }).waitFor();
    await context.close();
    await page.getByRole('link', { name: 'Staff' }).click();
    await page.getByRole('row', { name: /^Saddle points 1/ }).waitFor();
  });

  test('signing out ends the session', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Descent' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Sign in to Descent' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
  });

  test('the browser had nothing to complain about', () => expect(complaints).toEqual([]));
});
