import type { Dataset } from '@descent/contracts';
import { errorFromFetch, readFailure } from './failure.ts';
import type { paths } from './generated/api.ts';
import type { CallOptions } from './jobs.ts';
import type { Transport } from './transport.ts';

export interface UploadOptions extends CallOptions {
  /** Its ending helps to find the format: .csv, .tsv, .npz, .npy or IDX, each also with .gz. */
  readonly fileName?: string;
  /** Left out, found from the first bytes and the file name. */
  readonly format?: DataFormat;
}

export type DataFormat = NonNullable<
  NonNullable<paths['/v1/datasets/{id}/content']['put']['parameters']['query']>['format']
>;

export type DatasetsApi = ReturnType<typeof createDatasetsApi>;

export function createDatasetsApi({ http, body, stream }: Transport) {
  return {
    /** A new, empty data set; `upload` fills it. */
    create(name: string, options: CallOptions = {}): Promise<Dataset> {
      return body(http.POST('/v1/datasets', { body: { name }, ...options }));
    },

    /** Sends the file and resolves once it is read and checked. A stream is sent as it comes, never held whole. */
    async upload(
      id: string,
      content: Blob | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
      { fileName, format, signal }: UploadOptions = {},
    ): Promise<Dataset> {
      const query = { filename: fileName, format };
      const { url, headers, fetch } = stream('/v1/datasets/{id}/content', { id }, query);
      const init: RequestInit & { duplex: 'half' } = {
        method: 'PUT',
        body: content,
        headers: { ...headers, 'Content-Type': 'application/octet-stream' },
        // Required by fetch for a body that is a stream.
        duplex: 'half',
        ...(signal && { signal }),
      };
      const response = await fetch(new Request(url, init)).catch((error: unknown) => {
        throw errorFromFetch(error, url);
      });
      if (!response.ok) throw await readFailure(response);
      return (await response.json()) as Dataset;
    },

    async list(options: CallOptions = {}): Promise<Dataset[]> {
      const answer = await body(http.GET('/v1/datasets', { ...options }));
      return answer.datasets;
    },

    get(id: string, options: CallOptions = {}): Promise<Dataset> {
      return body(http.GET('/v1/datasets/{id}', { params: { path: { id } }, ...options }));
    },
  };
}
