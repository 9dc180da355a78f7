import protobuf from 'protobufjs/minimal.js';
import type { MessageDraft } from './message-types.ts';
import { type Field, type MessageName, messages } from './messages.ts';

/** Writes a message; equal messages give equal bytes. Integers must be safe ones, or bigints of 64 bits. */
export function encodeMessage<Name extends MessageName>(name: Name, message: MessageDraft<Name>): Uint8Array {
  const writer = protobuf.Writer.create();
  write(name, message as Readonly<Record<string, unknown>>, writer);
  return writer.finish();
}

function write(name: MessageName, message: Readonly<Record<string, unknown>>, writer: protobuf.Writer): void {
  for (const [field, rule] of Object.entries<Field>(messages[name])) {
    const value = message[field];
    if (value === undefined) continue;
    if (!rule.repeated) writeOne(rule, value, writer);
    else if (Object.hasOwn(packers, rule.type)) writePacked(rule, value as readonly unknown[], writer);
    else for (const element of value as readonly unknown[]) writeOne(rule, element, writer);
  }
}

const packers = {
  float: [5, (writer: protobuf.Writer, value: unknown) => writer.float(value as number)],
  double: [1, (writer: protobuf.Writer, value: unknown) => writer.double(value as number)],
  int32: [0, (writer: protobuf.Writer, value: unknown) => writer.int32(value as number)],
  int64: [0, (writer: protobuf.Writer, value: unknown) => writer.int64(longOf(value as number | bigint))],
  uint64: [0, (writer: protobuf.Writer, value: unknown) => writer.uint64(longOf(value as number | bigint))],
} as const;

function longOf(value: number | bigint): number | { low: number; high: number; unsigned: boolean } {
  if (typeof value === 'number') return value;
  const low = Number(BigInt.asIntN(32, value));
  return { low, high: Number(BigInt.asIntN(32, value >> 32n)), unsigned: false };
}

function writePacked({ id, type }: Field, values: readonly unknown[], writer: protobuf.Writer): void {
  if (values.length === 0) return;
  const [, pack] = packers[type as keyof typeof packers];
  writer.uint32(id * 8 + 2).fork();
  for (const value of values) pack(writer, value);
  writer.ldelim();
}

function writeOne({ id, type }: Field, value: unknown, writer: protobuf.Writer): void {
  if (Object.hasOwn(packers, type)) {
    const [wire, pack] = packers[type as keyof typeof packers];
    pack(writer.uint32(id * 8 + wire), value);
  } else if (type === 'string') writer.uint32(id * 8 + 2).string(value as string);
  else if (type === 'bytes') writer.uint32(id * 8 + 2).bytes(value as Uint8Array);
  else {
    writer.uint32(id * 8 + 2).fork();
    write(type as MessageName, value as Readonly<Record<string, unknown>>, writer);
    writer.ldelim();
  }
}
