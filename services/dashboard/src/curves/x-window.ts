import UPlot from 'uplot';

const help =
  'Drag to zoom in, double-click to zoom out; drag with shift or the middle button to move. Keys: ← → move, + − zoom';

export type Range = readonly [low: number, high: number];

/** The part of the x axis that a plot shows. */
export interface XWindow {
  readonly plugin: UPlot.Plugin;
  /** Whether somebody chose a part of the axis, which is kept while data come. */
  isChosen(): boolean;
}

/** Share of the window that one press of an arrow key moves it by. */
const keyShare = 0.1;

/**
 * Zoom by uPlot's drag; moving by a drag with shift or the middle button, and by the arrow keys while `element` has the
 * focus, which it can be given from now on; + and − zoom too. The element's title says so. Plots with the same `cursor.sync` key always show the same part.
 */
export function createXWindow(element: HTMLElement): XWindow {
  let chosen = false;
  element.tabIndex = 0;
  element.title = help;
  const over = new AbortController();

  function listen(plot: UPlot): void {
    const onMouseDown = (event: MouseEvent) => {
      if (event.button !== 1 && !(event.button === 0 && event.shiftKey)) return;
      // Neither uPlot's selection nor the scrolling of the middle button.
      event.stopPropagation();
      event.preventDefault();
      element.focus({ preventScroll: true });
      const start = shownBy(plot);
      const perPixel = (start[1] - start[0]) / plot.over.clientWidth;
      const drag = new AbortController();
      const signal = AbortSignal.any([drag.signal, over.signal]);
      const onMove = (move: MouseEvent) =>
        show(plot, moved(start, (event.clientX - move.clientX) * perPixel, wholeOf(plot)));
      window.addEventListener('mousemove', onMove, { signal });
      window.addEventListener('mouseup', () => drag.abort(), { signal });
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const range = shownBy(plot);
      const whole = wholeOf(plot);
      const by = (range[1] - range[0]) * keyShare;
      if (event.key === 'ArrowLeft') show(plot, moved(range, -by, whole));
      else if (event.key === 'ArrowRight') show(plot, moved(range, by, whole));
      else if (event.key === '+' || event.key === '=') show(plot, scaled(range, 0.5, whole));
      else if (event.key === '-') show(plot, scaled(range, 2, whole));
      else return;
      event.preventDefault();
    };
    element.addEventListener('mousedown', onMouseDown, { capture: true, signal: over.signal });
    element.addEventListener('keydown', onKeyDown, { signal: over.signal });
  }

  return {
    plugin: {
      hooks: {
        init: listen,
        // Also where another plot was dragged or double-clicked.
        setScale: (plot, key) => {
          if (key === 'x') chosen = isPart(plot);
        },
        destroy: () => over.abort(),
      },
    },
    isChosen: () => chosen,
  };
}

/** The range shifted by `by`, as far as the whole reaches. */
export function moved([low, high]: Range, by: number, whole: Range): Range {
  const shift = Math.max(Math.min(by, whole[1] - high), whole[0] - low);
  return [low + shift, high + shift];
}

/** The range `factor` times as wide around the same middle, within the whole. */
export function scaled([low, high]: Range, factor: number, whole: Range): Range {
  const half = ((high - low) / 2) * factor;
  const middle = (low + high) / 2;
  return [Math.max(middle - half, whole[0]), Math.min(middle + half, whole[1])];
}

/** Compared with the data and not with a range: around a single point uPlot chooses one of its own. */
function isPart(plot: UPlot): boolean {
  if (plot.data[0].length === 0) return false;
  const [low, high] = shownBy(plot);
  const whole = wholeOf(plot);
  return low > whole[0] || high < whole[1];
}

function shownBy({ scales }: UPlot): Range {
  return [scales.x?.min ?? 0, scales.x?.max ?? 1];
}

function wholeOf({ data: [xs] }: UPlot): Range {
  return [xs[0] ?? 0, xs.at(-1) ?? 1];
}

function show(plot: UPlot, [min, max]: Range): void {
  if (plot.data[0].length < 2) return;
  const key = plot.cursor.sync?.key;
  for (const one of key ? UPlot.sync(key).plots : [plot]) one.setScale('x', { min, max });
}
