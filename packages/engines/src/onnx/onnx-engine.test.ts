import { engineSuite } from '../testing/engine-suite.ts';
import { createOnnxEngine } from './onnx-engine.ts';

engineSuite('onnx', createOnnxEngine);
