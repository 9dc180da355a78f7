import { describe, expect, test } from 'vitest';
import { type JsonSchema, suggestAt } from './complete-spec.ts';
import { markOf, readSpec, stepsOf } from './read-spec.ts';

describe('reading a job', () => {
  test('JSON and YAML give the same value', () => {
    const json = readSpec('{ "training": { "epochs": 3 } }');
    const yaml = readSpec('training:\n  epochs: 3\n');
    expect('value' in json && json.value).toEqual({ training: { epochs: 3 } });
    expect('value' in yaml && yaml.value).toEqual({ training: { epochs: 3 } });
  });

  test('a mistake of the text is marked where it stands', () => {
    const read = readSpec('{ "a": [1, 2 }');
    expect('mark' in read && read.mark.from).toBeGreaterThan(10);
  });

  test('aliases cannot make a small text large', () => {
    const bomb = 'a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n';
    const read = readSpec(bomb);
    expect('mark' in read && read.mark.message).toContain('Aliases');
  });

  test('a field that the service names is marked, or what stands around it', () => {
    const text = '{ "model": { "layers": [ { "type": "dense", "units": -1 } ] } }';
    const { document } = readSpec(text);
    const shown = (path: string) => {
      const { from, to } = markOf(document, path, 'wrong');
      return text.slice(from, to);
    };
    expect(shown('model.layers[0].units')).toBe('-1');
    expect(shown('model.layers[0].activation')).toBe('{ "type": "dense", "units": -1 }');
    expect(stepsOf('data.inputs["a b"].columns[1]')).toEqual(['data', 'inputs', 'a b', 'columns', 1]);
  });
});

describe('completion', () => {
  const schemas: Record<string, JsonSchema> = {
    Layer: {
      anyOf: [
        {
          type: 'object',
          required: ['type', 'units'],
          properties: {
            type: { enum: ['dense'] },
            units: { type: 'integer' },
            activation: { enum: ['relu', 'tanh'] },
          },
        },
        { type: 'object', properties: { type: { enum: ['dropout'] }, rate: { type: 'number' } } },
      ],
    },
    Job: {
      type: 'object',
      properties: {
        layers: { type: 'array', items: { $ref: '#/components/schemas/Layer' } },
        name: { type: 'string' },
      },
    },
  };
  const at = (text: string) => {
    const offset = text.indexOf('|');
    const { document } = readSpec(text.replace('|', ''));
    return suggestAt(document, offset, schemas.Job!, schemas).map(({ label }) => label);
  };

  test('offers the fields that are not there yet', () => {
    expect(at('{ "name": "x", | }')).toEqual(['layers']);
  });

  test('offers the fields of the layer that `type` names', () => {
    expect(at('{ "layers": [ { "type": "dropout", | } ] }')).toEqual(['rate']);
    expect(at('{ "layers": [ { "type": "dense", | } ] }')).toEqual(['units', 'activation']);
  });

  test('offers the values of a closed set', () => {
    expect(at('{ "layers": [ { "type": "dense", "activation": "|" } ] }')).toEqual(['relu', 'tanh']);
    expect(at('{ "layers": [ { "type": "|" } ] }')).toEqual(['dense', 'dropout']);
  });
});
