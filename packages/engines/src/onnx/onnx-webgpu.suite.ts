import { engineSuite } from '../testing/engine-suite.ts';
import { createOnnxEngine } from './onnx-engine.ts';

/** Vulkan promises sines, roots and exponentials to about 2⁻¹¹ of their range only. */
const tolerances = { operation: 2e-4, step: 5e-4 };

engineSuite('onnx on webgpu', () => createOnnxEngine({ device: 'webgpu' }), tolerances);
