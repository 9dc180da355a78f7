import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DescentError } from '@descent/errors';

/** `sun_path` of a Unix socket holds 108 bytes on Linux and 104 elsewhere, with the zero at its end. */
const longestSocketPath = 103;
const socketName = 'channel.sock';

export interface ChannelFolder {
  /** For DESCENT_CHANNEL_ADDRESS. */
  readonly address: string;
  remove(): void;
}

/** A folder for the socket of the gradient channel, open to its owner only: in the data folder if its path is short. */
export function createChannelFolder(dataDir: string, temporaryDir: string): ChannelFolder {
  const near = join(dataDir, 'run');
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const folder = fits(near) ? near : join(temporaryDir, `descent-${name}`);
  if (!fits(folder)) {
    throw new DescentError('DATA_DIR_UNUSABLE', {
      dataDir,
      problem: `${folder} is too long for a Unix socket`,
    });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Somebody else may have made a folder of this name below /tmp, to read along.
  const { mode, uid } = lstatSync(folder);
  const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
  if (!isOurs) {
    throw new DescentError('DATA_DIR_UNUSABLE', {
      dataDir,
      problem: `${folder} is open to others; remove it`,
    });
  }
  return {
    address: `unix:${join(folder, socketName)}`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, socketName)) <= longestSocketPath;
}
