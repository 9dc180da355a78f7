export interface CurveColours {
  readonly text: string;
  readonly grid: string;
  readonly train: string;
  readonly trainFaint: string;
  readonly validation: string;
  readonly checkpoint: string;
  readonly restart: string;
}

/** The tokens a canvas needs, resolved for the theme in force. */
export function readColours(element: HTMLElement): CurveColours {
  const read = (token: string) => resolveColour(element, token);
  return {
    text: read('var(--ink-faint)'),
    grid: read('var(--curve-grid)'),
    train: read('var(--curve-train)'),
    trainFaint: read('color-mix(in srgb, var(--curve-train) 30%, transparent)'),
    validation: read('var(--curve-validation)'),
    checkpoint: read('var(--line-strong)'),
    restart: read('var(--bad)'),
  };
}

/** A CSS colour (a token reads `light-dark(…)`) as it stands inside of an element, in words that a canvas knows. */
export function resolveColour(element: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  element.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
