export interface CurveColours {
  readonly text: string;
  readonly grid: string;
  readonly train: string;
  readonly trainFaint: string;
  readonly validation: string;
}

/** The tokens a canvas needs, resolved for the theme in force. A token itself reads `light-dark(…)`, so a probe wears it. */
export function readColours(element: HTMLElement): CurveColours {
  const probe = document.createElement('span');
  element.append(probe);
  const read = (token: string) => {
    probe.style.color = token;
    return getComputedStyle(probe).color;
  };
  const colours = {
    text: read('var(--ink-faint)'),
    grid: read('var(--curve-grid)'),
    train: read('var(--curve-train)'),
    trainFaint: read('color-mix(in srgb, var(--curve-train) 30%, transparent)'),
    validation: read('var(--curve-validation)'),
  };
  probe.remove();
  return colours;
}
