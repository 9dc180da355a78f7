import { DescentError } from '@descent/errors';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface IntegerRange {
  readonly fallback: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Every function throws DescentError CONFIG_INVALID naming the variable. An empty variable counts as not set. */
export function requireText(environment: Environment, variable: string): string {
  const value = environment[variable];
  if (value !== undefined && value !== '') return value;
  throw new DescentError('CONFIG_INVALID', { variable, problem: 'it is not set' });
}

/** At least 16 characters: a shorter one could be guessed by whoever reaches the port. */
export function requireSecret(environment: Environment, variable: string): string {
  const value = requireText(environment, variable);
  if (value.length >= 16) return value;
  throw new DescentError('CONFIG_INVALID', { variable, problem: 'it needs at least 16 characters' });
}

export function readText(environment: Environment, variable: string, fallback: string): string {
  const value = environment[variable];
  return value === undefined || value === '' ? fallback : value;
}

/** `1` or `0`; undefined when it is not set. */
export function readSwitch(environment: Environment, variable: string): boolean | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  if (text === '1' || text === '0') return text === '1';
  throw new DescentError('CONFIG_INVALID', { variable, problem: `"${text}" is neither 1 nor 0` });
}

export function readInteger(environment: Environment, variable: string, range: IntegerRange): number {
  const text = environment[variable];
  if (text === undefined || text === '') return range.fallback;
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= range.minimum && value <= range.maximum) return value;
  throw new DescentError('CONFIG_INVALID', {
    variable,
    problem: `"${text}" is not a whole number from ${range.minimum} to ${range.maximum}`,
  });
}
