import type {
  Dataset,
  DatasetFetch,
  DatasetFile,
  DatasetFileCreate,
  DatasetPreview,
  DatasetReport,
  IngestOptions,
} from '@descent/contracts';
import { errorFromFetch, readFailure } from './failure.ts';
import type { paths } from './generated/api.ts';
import type { CallOptions } from './jobs.ts';
import { type FileContent, sendFile } from './send-file.ts';
import type { Transport } from './transport.ts';

export interface UploadOptions extends CallOptions {
  /** Its ending helps to find the format: .csv, .parquet, .npz, .zip, .txt …, tables and IDX also with .gz. */
  readonly fileName?: string;
  /** Left out, found from the first bytes and the file name. */
  readonly format?: DataFormat;
  /** The split that a file without splits of its own becomes. */
  readonly split?: string;
  /** How the file is read: types, missing values, image size, tokens. */
  readonly options?: IngestOptions;
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

export function createDatasetsApi({ http, body, done, stream }: Transport) {
  return {
    /** A new, empty data set; `upload` fills it. One of a name that exists becomes its next version. */
    create(name: string, options: CallOptions = {}): Promise<Dataset> {
      return body(http.POST('/v1/datasets', { body: { name }, ...options }));
    },

    /** Sends the file and resolves once it is read and checked. */
    upload(
      id: string,
      content: FileContent,
      { fileName, format, split, options, signal }: UploadOptions = {},
    ): Promise<Dataset> {
      const how = options === undefined ? undefined : JSON.stringify(options);
      const route = stream(
        '/v1/datasets/{id}/content',
        { id },
        { filename: fileName, format, split, options: how },
      );
      return sendFile(route, 'PUT', content, signal);
    },

    /** Announces a file that comes in pieces. */
    announce(id: string, file: DatasetFileCreate, options: CallOptions = {}): Promise<DatasetFile> {
      return body(http.POST('/v1/datasets/{id}/files', { params: { path: { id } }, body: file, ...options }));
    },

    /** Files under way, with how much of each has arrived. */
    async files(id: string, options: CallOptions = {}): Promise<DatasetFile[]> {
      const answer = await body(
        http.GET('/v1/datasets/{id}/files', { params: { path: { id } }, ...options }),
      );
      return answer.files;
    },

    /** Sends the bytes of a file from `offset` on, to its end or until the connection breaks. */
    async send(
      id: string,
      { id: file, offset }: Pick<DatasetFile, 'id' | 'offset'>,
      content: FileContent,
      { signal }: CallOptions = {},
    ): Promise<void> {
      const { url, headers, fetch } = stream('/v1/datasets/{id}/files/{file}', { id, file });
      const init: RequestInit & { duplex: 'half' } = {
        method: 'PATCH',
        body: content,
        headers: {
          ...headers,
          'Content-Type': 'application/offset+octet-stream',
          'Upload-Offset': String(offset),
        },
        duplex: 'half',
        ...(signal && { signal }),
      };
      const response = await fetch(new Request(url, init)).catch((error: unknown) => {
        throw errorFromFetch(error, url);
      });
      if (!response.ok) throw await readFailure(response);
    },

    /** Begins to read the files, all of which have arrived; `get` tells when the data set is `ready` or `failed`. */
    ingest(id: string, how: IngestOptions = {}, options: CallOptions = {}): Promise<Dataset> {
      return body(
        http.POST('/v1/datasets/{id}/ingest', {
          params: { path: { id } },
          body: { options: how },
          ...options,
        }),
      );
    },

    /** Lets the server fetch a file from an address, where staff allow its host. */
    fetch(id: string, from: DatasetFetch, options: CallOptions = {}): Promise<Dataset> {
      return body(http.POST('/v1/datasets/{id}/fetch', { params: { path: { id } }, body: from, ...options }));
    },

    /** What reading it found. */
    report(id: string, options: CallOptions = {}): Promise<DatasetReport> {
      return body(http.GET('/v1/datasets/{id}/report', { params: { path: { id } }, ...options }));
    },

    async list(options: CallOptions = {}): Promise<Dataset[]> {
      const answer = await body(http.GET('/v1/datasets', { ...options }));
      return answer.datasets;
    },

    get(id: string, options: CallOptions = {}): Promise<Dataset> {
      return body(http.GET('/v1/datasets/{id}', { params: { path: { id } }, ...options }));
    },

    /** Deletes one that no job uses. */
    remove(id: string, options: CallOptions = {}): Promise<void> {
      return done(http.DELETE('/v1/datasets/{id}', { params: { path: { id } }, ...options }));
    },

    /** Some samples as people read them: rows, thumbnails of images in one sprite, text of tokens. */
    preview(id: string, { signal, ...query }: PreviewOptions = {}): Promise<DatasetPreview> {
      return body(
        http.GET('/v1/datasets/{id}/preview', { params: { path: { id }, query }, ...(signal && { signal }) }),
      );
    },
  };
}
