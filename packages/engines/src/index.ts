export {
  type DeviceDescription,
  describeEngines,
  type EngineDescription,
} from './describe-engines.ts';
export type {
  Bindings,
  BoundProgram,
  CompileOptions,
  ElementArray,
  Engine,
  Port,
  Program,
} from './engine.ts';
export { createOnnxEngine, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
