import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface FakeS3 {
  readonly endpoint: string;
  /** `bucket/key` → content. */
  readonly objects: Map<string, Buffer>;
  /** Ids of multipart uploads under way. */
  readonly uploads: Map<string, { readonly name: string; readonly parts: Map<number, Buffer> }>;
  /** Each request as `PUT /bucket/key?query`. */
  readonly requests: string[];
  /** Decides on a request before it is served: a status to refuse it with. */
  refuse: (request: IncomingMessage) => number | undefined;
  close(): Promise<void>;
}

/** As much of S3 as an artifact store needs, in memory. Signatures have to be there and are not checked. */
export async function startFakeS3(bucket: string, pageSize = 3): Promise<FakeS3> {
  const fake: Omit<FakeS3, 'endpoint'> = {
    objects: new Map(),
    uploads: new Map(),
    requests: [],
    refuse: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server = createServer((request, response) => {
    fake.requests.push(`${request.method} ${request.url}`);
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        fail(response, error instanceof Refusal ? error : new Refusal(500, String(error)));
      else response.destroy();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const name = decodeURIComponent(url.pathname.slice(1));
    const query = url.searchParams;
    if (!/^AWS4-HMAC-SHA256 Credential=/.test(request.headers.authorization ?? ''))
      throw new Refusal(403, 'AccessDenied');
    if (name !== bucket && name !== `${bucket}/` && !name.startsWith(`${bucket}/`))
      throw new Refusal(404, 'NoSuchBucket');
    const status = fake.refuse(request);
    if (status !== undefined) {
      await buffer(request);
      throw new Refusal(status, 'Refused');
    }
    const key = name.slice(bucket.length + 1);
    if (key === '') {
      answerBucket(request, response, query);
      return;
    }
    switch (
      `${request.method}${query.has('uploads') ? ' uploads' : query.has('uploadId') ? ' upload' : ''}`
    ) {
      case 'PUT': {
        const content = await bodyOf(request);
        refuseExisting(request, name);
        fake.objects.set(name, content);
        return void response.setHeader('etag', '"e"').end();
      }
      case 'GET':
      case 'HEAD': {
        const content = fake.objects.get(name);
        if (content === undefined) throw new Refusal(404, 'NoSuchKey');
        response.setHeader('content-length', content.byteLength);
        return void response.end(request.method === 'HEAD' ? undefined : content);
      }
      case 'DELETE':
        fake.objects.delete(name);
        return void response.writeHead(204).end();
      case 'POST uploads': {
        const id = randomUUID();
        fake.uploads.set(id, { name, parts: new Map() });
        return xml(response, 'InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`);
      }
      case 'PUT upload': {
        const content = await bodyOf(request);
        uploadOf(query).parts.set(Number(query.get('partNumber')), content);
        return void response.setHeader('etag', `"${query.get('partNumber')}"`).end();
      }
      case 'POST upload': {
        await buffer(request);
        const { parts } = uploadOf(query);
        refuseExisting(request, name);
        const inOrder = [...parts].sort(([a], [b]) => a - b).map(([, content]) => content);
        fake.objects.set(name, Buffer.concat(inOrder));
        fake.uploads.delete(query.get('uploadId') ?? '');
        return xml(response, 'CompleteMultipartUploadResult', '<ETag>"e"</ETag>');
      }
      case 'DELETE upload':
        fake.uploads.delete(query.get('uploadId') ?? '');
        return void response.writeHead(204).end();
      default:
        throw new Refusal(501, 'NotImplemented');
    }
  }

  function answerBucket(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const prefix = query.get('prefix') ?? '';
    if (query.has('uploads')) {
      const under = [...fake.uploads].map(
        ([id, { name }]) =>
          `<Upload><Key>${name.slice(bucket.length + 1)}</Key><UploadId>${id}</UploadId></Upload>`,
      );
      xml(response, 'ListMultipartUploadsResult', under.join(''));
      return;
    }
    const after = query.get('continuation-token') ?? '';
    const keys = [...fake.objects.keys()]
      .map((name) => name.slice(bucket.length + 1))
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
    const page = keys.slice(0, pageSize);
    const more = keys.length > pageSize;
    const rows = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    xml(response, 'ListBucketResult', `<IsTruncated>${more}</IsTruncated>${next}${rows}`);
  }

  function uploadOf(query: URLSearchParams) {
    const upload = fake.uploads.get(query.get('uploadId') ?? '');
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload');
    return upload;
  }

  function refuseExisting(request: IncomingMessage, name: string): void {
    if (request.headers['if-none-match'] === '*' && fake.objects.has(name))
      throw new Refusal(412, 'PreconditionFailed');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(fake, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** Whole, or not at all: a body that breaks off stores nothing. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const content = await buffer(request);
  const expected = request.headers['x-amz-checksum-sha256'];
  if (expected !== undefined && createHash('sha256').update(content).digest('base64') !== expected)
    throw new Refusal(400, 'BadDigest');
  return content;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

function fail(response: ServerResponse, { status, code }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

function xml(response: ServerResponse, root: string, content: string): void {
  response.setHeader('content-type', 'application/xml');
  response.end(`<?xml version="1.0" encoding="UTF-8"?><${root}>${content}</${root}>`);
}
