import { pack } from 'tar-stream';

export interface TarMember {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: 'file' | 'symlink' | 'link';
}

export async function tarOf(members: readonly TarMember[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', type = 'file' } of members) {
    if (type === 'file') archive.entry({ name }, Buffer.from(content));
    else archive.entry({ name, type, linkname: '/etc/passwd' });
  }
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
