import type { Value } from './value.ts';

/** Values by their names in the file. A sub-graph sees those of the graphs around it; a function sees its own alone. */
export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#around?.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}
