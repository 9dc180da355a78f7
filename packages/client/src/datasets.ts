import type { Dataset, DatasetPreview } from '@descent/contracts';
import type { paths } from './generated/api.ts';
import type { CallOptions } from './jobs.ts';
import { type FileContent, sendFile } from './send-file.ts';
import type { Transport } from './transport.ts';

export interface UploadOptions extends CallOptions {
  /** Its ending helps to find the format: .csv, .tsv, .npz, .npy or IDX, each also with .gz. */
  readonly fileName?: string;
  /** Left out, found from the first bytes and the file name. */
  readonly format?: DataFormat;
}

export interface PreviewOptions extends CallOptions {
  /** Default: the first. */
  readonly split?: string;
  /** First sample; default 0. */
  readonly offset?: number;
  /** Samples, at most 200; default 20. */
  readonly count?: number;
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

    /** Sends the file and resolves once it is read and checked. */
    upload(
      id: string,
      content: FileContent,
      { fileName, format, signal }: UploadOptions = {},
    ): Promise<Dataset> {
      const route = stream('/v1/datasets/{id}/content', { id }, { filename: fileName, format });
      return sendFile(route, 'PUT', content, signal);
    },

    async list(options: CallOptions = {}): Promise<Dataset[]> {
      const answer = await body(http.GET('/v1/datasets', { ...options }));
      return answer.datasets;
    },

    get(id: string, options: CallOptions = {}): Promise<Dataset> {
      return body(http.GET('/v1/datasets/{id}', { params: { path: { id } }, ...options }));
    },

    /** Some samples as people read them: rows, thumbnails of images in one sprite, text of tokens. */
    preview(id: string, { signal, ...query }: PreviewOptions = {}): Promise<DatasetPreview> {
      return body(
        http.GET('/v1/datasets/{id}/preview', { params: { path: { id }, query }, ...(signal && { signal }) }),
      );
    },
  };
}
