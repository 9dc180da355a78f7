import type { MessageName, Messages } from './messages.ts';

/** 64-bit integers are read as numbers where those are exact, else as bigints. */
interface Scalars {
  float: number;
  double: number;
  int32: number;
  int64: number | bigint;
  uint64: number | bigint;
  string: string;
  bytes: Uint8Array;
}

type ReadValue<Type> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends MessageName
    ? Message<Type>
    : never;

type WrittenValue<Type> = Type extends keyof Scalars
  ? Scalars[Type]
  : Type extends MessageName
    ? MessageDraft<Type>
    : never;

type RepeatedOf<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { repeated: true } ? Name : never;
}[keyof Fields];

/** A message as it was read: repeated fields are lists, possibly empty; others are absent when the file lacks them. */
export type Message<Name extends MessageName> = {
  readonly [F in RepeatedOf<Messages[Name]>]: Messages[Name][F] extends { type: infer Type }
    ? readonly ReadValue<Type>[]
    : never;
} & {
  readonly [F in Exclude<keyof Messages[Name], RepeatedOf<Messages[Name]>>]?: Messages[Name][F] extends {
    type: infer Type;
  }
    ? ReadValue<Type>
    : never;
};

/** A message to be written: what it leaves out is not in the file. */
export type MessageDraft<Name extends MessageName> = {
  readonly [F in keyof Messages[Name]]?: Messages[Name][F] extends {
    type: infer Type;
    repeated: infer Repeated;
  }
    ? Repeated extends true
      ? readonly WrittenValue<Type>[]
      : WrittenValue<Type>
    : never;
};

export type ModelProto = Message<'ModelProto'>;
export type GraphProto = Message<'GraphProto'>;
export type FunctionProto = Message<'FunctionProto'>;
export type NodeProto = Message<'NodeProto'>;
export type AttributeProto = Message<'AttributeProto'>;
export type TensorProto = Message<'TensorProto'>;
export type ValueInfoProto = Message<'ValueInfoProto'>;
export type TypeProto = Message<'TypeProto'>;
