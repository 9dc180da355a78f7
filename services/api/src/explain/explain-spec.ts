import type { ExplainModelRequest, Explanation } from '@descent/contracts';
import { compileModel } from '@descent/models';
import { tensor } from '@descent/tensors';
import { flattenRows } from '../predict/nested-rows.ts';
import { countRows } from '../predict/read-rows.ts';
import { withoutUnneeded } from './explain-job.ts';
import { explainModel, inputsNeeded } from './explain-model.ts';
import { givenParameters } from './read-parameters.ts';

/** Explains a model on numbers that the request holds; nothing is trained. */
export function explainSpec(request: ExplainModelRequest): Explanation {
  const { of, nodes, check, seed = 0 } = request;
  const model = compileModel(request.model, { untrained: true });
  const needed = inputsNeeded(model, of);
  const given = withoutUnneeded(request.inputs, model, needed);
  const rows = Math.max(1, countRows(given, needed));
  const inputs = model.inputs
    .filter(({ name }) => needed.includes(name))
    .map(({ name, dtype, shape }) => {
      const flat = flattenRows(given[name] ?? [], shape, `inputs.${name}`);
      const whole = [rows, ...shape];
      const value =
        dtype === 'int32'
          ? tensor(dtype, whole, Int32Array.from(flat))
          : tensor(dtype, whole, Float32Array.from(flat));
      return [name, value] as const;
    });
  return explainModel(model, {
    ...(of === undefined ? {} : { of }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(check === undefined ? {} : { check }),
    parameters: givenParameters(model, request.parameters ?? {}, seed),
    inputs: new Map(inputs),
    rows,
    seed,
    step: null,
  });
}
