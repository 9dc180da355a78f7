/** Words that cannot name a variable, and names that the generated file uses itself. */
const reserved: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break case class continue def del elif else except finally for from ' +
    'global if import in is lambda match nonlocal not or pass raise return try while with yield ' +
    'self torch nn F json struct base64 batch Model load read_safetensors tensor_of float int len range list max min ' +
    'sum abs type input training forward train eval parameters buffers modules state_dict probabilities'
  ).split(' '),
);

/** Distinct Python identifiers for the names of values and parameters, readable ones. */
export function pythonNames(): (name: string) => string {
  const known = new Map<string, string>();
  const taken = new Set<string>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const plain = name
      .replaceAll(/[^A-Za-z0-9_]+/g, '_')
      .replace(/^(?=\d)/, '_')
      .replace(/^_+$/, 'value');
    const stem = plain.toLowerCase() === plain || !/^[A-Z]/.test(plain) ? plain : plain.toLowerCase();
    let candidate = stem;
    for (let serial = 2; reserved.has(candidate) || taken.has(candidate); serial += 1) {
      candidate = `${stem}_${serial}`;
    }
    taken.add(candidate);
    known.set(name, candidate);
    return candidate;
  };
}

/** A float32 in as few digits as name it. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  const short = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digits) => Number(value.toPrecision(digits)));
  const text = String(short.find((candidate) => Math.fround(candidate) === Math.fround(value)) ?? value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

export function pythonText(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export function pythonTuple(items: readonly (string | number)[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`;
}

export function pythonBool(value: boolean): string {
  return value ? 'True' : 'False';
}

/** An expression that is a plain number and no tensor. */
export function isNumber(expression: string): boolean {
  return /^(-?[\d.]|float\()/.test(expression);
}

export function asTensor(expression: string): string {
  return isNumber(expression) ? `torch.tensor(${expression})` : expression;
}
