import { InvalidArgumentError } from 'commander';

/** For commander: a whole number within the range. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
  };
}

/** For commander: a number within the range. */
export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`It must be a number from ${minimum} to ${maximum}.`);
  };
}

/** For commander: `host:port`. */
export function hostAndPort(text: string): string {
  const port = Number(/^(?:[A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text)?.[1]);
  if (port >= 1 && port <= 65_535) return text;
  throw new InvalidArgumentError('It must be host:port, such as lab.example:7071.');
}

/** A job id and a file name never look alike: no file of ours starts with `job_` and has 26 such characters. */
export function isJobId(text: string): boolean {
  return /^job_[0-9A-HJKMNP-TV-Z]{26}$/.test(text);
}
