import type { Dataset } from '@descent/contracts';
import type { ApiFixture } from './api-fixture.ts';

/** Two features and one of three classes, which the first feature decides. */
export function irisLike(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${(row % 3) - 1 + row / 1000},${row % 7},${row % 3}`,
  );
  return ['a,b,label', ...lines].join('\n');
}

export async function createDataset(api: ApiFixture, name = 'numbers'): Promise<string> {
  const created = await api.user({ method: 'POST', url: '/v1/datasets', payload: { name } });
  return created.json<Dataset>().id;
}

export async function uploadCsv(api: ApiFixture, text: string): Promise<string> {
  const id = await createDataset(api);
  const answer = await api.user({
    method: 'PUT',
    url: `/v1/datasets/${id}/content?filename=data.csv`,
    payload: text,
    headers: { 'content-type': 'text/csv' },
  });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return id;
}
