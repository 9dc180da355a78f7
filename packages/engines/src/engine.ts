import type { Graph } from '@descent/autodiff';
import type { Dtype } from '@descent/tensors';

/** A flat view of the elements of one tensor, row-major. May be a part of a larger buffer; never a shared one. */
export type ElementArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export const engineNames = ['onnx', 'tfjs'] as const;
export type EngineName = (typeof engineNames)[number];

/** `webgpu`: any GPU with Vulkan, Metal or D3D12. `cuda`: one of NVIDIA with its own libraries. */
export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** Computes graphs on one device. */
export interface Engine {
  readonly name: EngineName;
  readonly device: DeviceName;
  /** What equal bits depend on: engine and version, device and its instruction set, threads, element type on the wire. */
  readonly numericsClass: string;
  /**
   * Fixes the batch size and prepares the graph to run. The same (graph, batch, outputs) is prepared once: asked for
   * again it comes from a cache. Release each program when done with it.
   */
  compile(graph: Graph, options: CompileOptions): Promise<Program>;
  /** Ends every program of the engine. */
  dispose(): Promise<void>;
}

export interface CompileOptions {
  /** Samples per run; binds the symbolic dimension `batch`. */
  readonly batch: number;
  /** Names of the graph's outputs to compute; all of them when left out. What only others need is not computed. */
  readonly outputs?: readonly string[];
}

/** A value at the border of a program, its batch size bound. */
export interface Port {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly elements: number;
}

export interface Program {
  /** Inputs, parameters and states that the chosen outputs depend on. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Ties each port to the memory it reads or writes. Nothing is copied: parameters may be views into one flat buffer,
   * gradients views into the buffer that is sent. Binding costs microseconds, so one program may have several
   * bindings (two parameter versions, say).
   */
  bind(bindings: Bindings): BoundProgram;
  /** Gives the program back; it stays cached while there is room. */
  release(): Promise<void>;
}

export interface Bindings {
  readonly inputs: ReadonlyMap<string, ElementArray>;
  readonly outputs: ReadonlyMap<string, ElementArray>;
}

export interface BoundProgram {
  /** Reads the bound inputs, writes every bound output. Blocks its thread while it computes. */
  run(): Promise<void>;
}
