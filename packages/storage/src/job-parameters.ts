import type { JobCreate } from '@descent/contracts';

export type JobParameters = Record<string, number | string | boolean>;

const limits = { entries: 300, elements: 64, characters: 200 };

/**
 * What a request sets, by its path: `training.optimizer.learningRate`, `model.layers[0].units`. Settings come before the
 * model, and of a model the first entries only: this is what people search by, not a copy.
 */
export function jobParameters({ model, ...settings }: JobCreate): JobParameters {
  const found: JobParameters = {};
  let left = limits.entries;

  function visit(value: unknown, path: string): void {
    if (left === 0) return;
    if (Array.isArray(value)) {
      if (value.length > limits.elements) return;
      for (const [index, element] of value.entries()) visit(element, `${path}[${index}]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, field] of Object.entries(value)) visit(field, path === '' ? key : `${path}.${key}`);
    } else if (isScalar(value)) {
      found[path] = value;
      left--;
    }
  }

  visit(settings, '');
  visit(model, 'model');
  return found;
}

function isScalar(value: unknown): value is number | string | boolean {
  if (typeof value === 'string') return value.length <= limits.characters;
  return typeof value === 'number' || typeof value === 'boolean';
}
