import { createClient } from '@descent/client';

// Uploads a table, trains a line on it and follows the curve to its end. DESCENT_URL and DESCENT_TOKEN say where.
const { DESCENT_URL: url = 'http://127.0.0.1:7070', DESCENT_TOKEN: token = '' } = process.env;
const client = createClient({ url, token });

const rows = Array.from({ length: 200 }, (_, row) => [(row % 20) / 20, Math.floor(row / 20) / 10] as const);
const table = ['a,b,y', ...rows.map(([a, b]) => `${a},${b},${2 * a - b + 1}`)].join('\n');
const { id: dataset } = await client.datasets.create('line from TypeScript');
await client.datasets.upload(dataset, new TextEncoder().encode(table), { fileName: 'line.csv' });

const job = await client.submit({
  name: 'a line from TypeScript',
  model: {
    inputs: { x: { shape: [2] } },
    layers: [{ type: 'dense', units: 1, name: 'line' }],
    loss: { type: 'meanSquaredError', labels: 'y' },
  },
  data: { dataset, inputs: { x: { columns: ['a', 'b'] } }, validation: { ratio: 0.1 } },
  training: { epochs: 30, batchSize: 20, optimizer: { type: 'sgd', learningRate: 0.3 } },
});
for await (const point of job.metrics()) {
  if (point.split === 'validation') console.log(point.step, point.values);
}
const { state, validation } = await job.ended();
console.log(state, validation);
const { outputs } = await job.predict({ rows: [{ a: 1, b: 1 }] });
console.log('2·1 − 1 + 1 is about', outputs[0]);
