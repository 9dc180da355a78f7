/** Where a value stands in a JSON document: field names and array indices from the root. */
export type FieldPath = readonly (string | number)[];

const identifier = /^[A-Za-z_$][\w$-]*$/;

/** Dotted form, as people write it: `model.layers[2].units`; a name that is no identifier as `inputs["petal width"]`. */
export function formatPath(path: FieldPath, root = 'request'): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!identifier.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text === '' ? root : text;
}
