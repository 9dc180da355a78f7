import { type FieldPath, formatPath, type LayerSpec, type ModelSpec, nearestName } from '@descent/contracts';
import { DescentError } from '@descent/errors';
import { type Names, nameLayers } from './names.ts';
import type { LayerElement } from './wiring.ts';

/** A layer with what it reads. */
type Place = Pick<LayerElement, 'name' | 'weights' | 'path' | 'inputs'>;

/** Where a list of layers stands: what its layers are called from outside, and what they may read. */
interface Scope {
  /** Path of the list in the spec. */
  readonly path: FieldPath;
  /** Full name of the block, '' at the top. */
  readonly name: string;
  /** What the parameters of the block are named after. */
  readonly weights: string;
  /** What the layers may read by name, besides each other. */
  readonly outer: Readable;
}

/** Full names by what they are called here. A chain, since a copy of all names for each copy of a block would cost its square. */
interface Readable {
  readonly own: ReadonlyMap<string, string>;
  readonly outer?: Readable;
}

/**
 * Every layer of a spec with blocks written out: the layers of a `repeat` as often as it says, those of a `residual`
 * once, those of a function for each `call`. A layer inside is named after its block, `block/layer`; a repeat's copies
 * are `block_1`, `block_2`, …, and where a copy is one layer without a name, that is the layer's name. Parameters have
 * the name of their layer, except for functions: they have the function's, so all calls share them.
 *
 * The block itself comes after its layers and reads their result.
 */
export function expandLayers(
  spec: ModelSpec,
  names: Names,
  at: FieldPath,
  firstInput: (name: string, path: string) => string,
): readonly LayerElement[] {
  const elements: LayerElement[] = [];

  /** Returns the full name of the last layer. */
  const expandList = (
    layers: readonly LayerSpec[],
    locals: readonly string[],
    scope: Scope,
    first: (name: string, path: string) => string,
  ): string => {
    const own = new Map(locals.map((local) => [local, join(scope.name, local)] as const));
    const readable: Readable = { own, outer: scope.outer };
    let previous: string | undefined;
    layers.forEach((layer, index) => {
      const path = [...scope.path, index];
      const place = formatPath(path);
      const local = locals[index]!;
      const name = join(scope.name, local);
      const read = (given: string, field: string) => {
        const value = find(readable, given);
        if (value !== undefined) return value;
        throw unknownValue(`${place}.${field}`, given, known(readable));
      };
      const inputs = layer.inputs?.map((input, position) => read(input, `inputs[${position}]`)) ?? [
        previous ?? first(name, place),
      ];
      const element = { name, weights: join(scope.weights, local), path: place };
      expandLayer(layer, { ...element, inputs }, path, readable, read);
      previous = name;
    });
    return previous ?? '';
  };

  const expandLayer = (
    layer: LayerSpec,
    element: Place,
    path: FieldPath,
    readable: Readable,
    read: (name: string, field: string) => string,
  ): void => {
    const push = (inputs: readonly string[]) =>
      elements.push({ ...element, kind: 'layer', inputs, outputs: [element.name], spec: layer });
    switch (layer.type) {
      case 'repeat': {
        const locals = bodyNames(layer.layers, [...path, 'layers'], ['input']);
        let input = soleInput(element, layer.type);
        for (let copy = 1; copy <= layer.times; copy += 1) {
          const [name, weights] = [`${element.name}_${copy}`, `${element.weights}_${copy}`];
          const outer: Readable = { own: new Map([['input', input]]), outer: readable };
          const scope = { path: [...path, 'layers'], name, weights, outer };
          const before = input;
          input = expandList(layer.layers, locals, scope, () => before);
        }
        push([input]);
        return;
      }
      case 'residual': {
        const input = soleInput(element, layer.type);
        const outer: Readable = { own: new Map([['input', input]]), outer: readable };
        const inside = { path: [...path, 'layers'], name: element.name, weights: element.weights, outer };
        const locals = bodyNames(layer.layers, inside.path, ['input', 'shortcut'], true);
        const result = expandList(layer.layers, locals, inside, () => input);
        if (layer.shortcut === undefined) {
          push([input, result]);
          return;
        }
        const way = {
          path: [...path, 'shortcut'],
          name: `${element.name}/shortcut`,
          weights: `${element.weights}/shortcut`,
          outer,
        };
        const others = bodyNames(layer.shortcut, way.path, ['input']);
        push([expandList(layer.shortcut, others, way, () => input), result]);
        return;
      }
      case 'call': {
        const body = Object.hasOwn(spec.functions ?? {}, layer.function)
          ? spec.functions?.[layer.function]
          : undefined;
        if (body === undefined) throw unknownFunction(element, layer.function, spec);
        const parameters = body.inputs ?? ['input'];
        if (element.inputs.length !== parameters.length) {
          const problem = `the function "${layer.function}" takes ${parameters.length} inputs (${parameters.join(', ')}), got ${element.inputs.length}`;
          throw invalid(element, problem);
        }
        const inside = [...at, 'functions', layer.function, 'layers'];
        const locals = bodyNames(body.layers, inside, parameters, true);
        const own = new Map(parameters.map((name, index) => [name, element.inputs[index]!] as const));
        const scope = { path: inside, name: element.name, weights: layer.function, outer: { own } };
        push([expandList(body.layers, locals, scope, firstOf(parameters, element))]);
        return;
      }
      case 'multiHeadAttention':
      case 'transformerBlock':
        push(layer.mask === undefined ? element.inputs : [...element.inputs, read(layer.mask, 'mask')]);
        return;
      default:
        push(element.inputs);
    }
  };

  const features = new Map([...names.features].map((name) => [name, name]));
  const top: Scope = { path: [...at, 'layers'], name: '', weights: '', outer: { own: features } };
  expandList(spec.layers ?? [], names.layers, top, firstInput);
  return elements;
}

function find(readable: Readable, name: string): string | undefined {
  for (let scope: Readable | undefined = readable; scope !== undefined; scope = scope.outer) {
    const value = scope.own.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function known(readable: Readable): readonly string[] {
  return [...readable.own.keys(), ...(readable.outer === undefined ? [] : known(readable.outer))];
}

function join(block: string, local: string): string {
  if (block === '' || local === '') return block + local;
  return `${block}/${local}`;
}

/** Names of the layers of a block, unique in it. A single layer without a name has the block's own, where it may. */
function bodyNames(
  layers: readonly LayerSpec[],
  path: FieldPath,
  reserved: readonly string[],
  ownNames = false,
): readonly string[] {
  if (!ownNames && layers.length === 1 && layers[0]!.name === undefined) return [''];
  const owners = new Map(reserved.map((name) => [name, formatPath(path)]));
  return nameLayers(layers, path, owners);
}

function soleInput(element: Place, type: string): string {
  const [only, ...others] = element.inputs;
  if (only !== undefined && others.length === 0) return only;
  throw invalid(element, `${type} takes exactly one input, got ${element.inputs.length}`);
}

function firstOf(parameters: readonly string[], { inputs }: { readonly inputs: readonly string[] }) {
  return (layer: string, path: string): string => {
    const [only] = inputs;
    if (inputs.length === 1 && only !== undefined) return only;
    const problem = `say which input it reads (\`inputs\`): the function has ${parameters.map((name) => `"${name}"`).join(', ')}`;
    throw new DescentError('SPEC_LAYER_INVALID', { layer, path, problem });
  };
}

function invalid({ name, path }: { readonly name: string; readonly path: string }, problem: string) {
  return new DescentError('SPEC_LAYER_INVALID', { layer: name, path, problem });
}

function unknownFunction(
  element: { readonly name: string; readonly path: string },
  name: string,
  spec: ModelSpec,
) {
  const near = nearestName(name, Object.keys(spec.functions ?? {}));
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return invalid(element, `the model has no function "${name}"${hint}`);
}

export function unknownValue(path: string, name: string, known: Iterable<string>): DescentError {
  const didYouMean = nearestName(name, known);
  return new DescentError('SPEC_UNKNOWN_VALUE', {
    path,
    name,
    hint: didYouMean === undefined ? '' : `; did you mean "${didYouMean}"?`,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  });
}
