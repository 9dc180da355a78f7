/**
 * Names for the spec, made from those of the file. A spec allows letters, digits and underscores, at most 64 of them:
 * `/layer1/conv/Conv_output_0` becomes `layer1_conv_Conv_output_0`. Equal names get numbers.
 */
export function createNames(): (wanted: string) => string {
  const taken = new Set<string>();
  const serials = new Map<string, number>();
  return (wanted) => {
    const plain = wanted.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^_+|_+$/g, '');
    const stem = (/^[A-Za-z_]/.test(plain) ? plain : `v${plain}`).slice(-longest);
    const start = /^[A-Za-z_]/.test(stem) ? stem : `v${stem.slice(1)}`;
    let name = start;
    let serial = serials.get(start) ?? 1;
    while (taken.has(name)) {
      serial += 1;
      name = `${start}_${serial}`;
    }
    serials.set(start, serial);
    taken.add(name);
    return name;
  };
}

/** Leaves room for a number. */
const longest = 56;
