import { engineSuite } from '../testing/engine-suite.ts';
import { createTfjsEngine } from './tfjs-engine.ts';

engineSuite('tfjs on wasm', () => createTfjsEngine({ backend: 'wasm' }));
engineSuite('tfjs on cpu', () => createTfjsEngine({ backend: 'cpu' }));
