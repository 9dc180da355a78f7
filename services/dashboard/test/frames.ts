import type { Page } from 'playwright-core';

/** How long frames took while something was done, milliseconds; `perSecond` counts them over the whole time. */
export interface Frames {
  readonly count: number;
  readonly perSecond: number;
  readonly median: number;
  readonly p95: number;
  readonly longest: number;
}

/** Times the animation frames of a page meanwhile. What runs in the page is text: its types are not those of this file. */
export async function framesDuring(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(`
    globalThis.frameTimes = [];
    {
      const times = frameTimes;
      requestAnimationFrame(function note(time) {
        times.push(time);
        if (frameTimes === times) requestAnimationFrame(note);
      });
    }
  `);
  await act();
  const times = (await page.evaluate(
    '(() => { const times = frameTimes; frameTimes = null; return times; })()',
  )) as number[];
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return {
    count: gaps.length,
    perSecond: seconds > 0 ? gaps.length / seconds : 0,
    median: at(0.5),
    p95: at(0.95),
    longest: sorted.at(-1) ?? 0,
  };
}
