import { DescentError } from '@descent/errors';
import type { EngineChoice } from './choose-engine.ts';
import { deviceNames, engineNames } from './engine.ts';

/**
 * DESCENT_ENGINE (`onnx`, `tfjs`, `auto`) and DESCENT_DEVICE (`cpu`, `webgpu`, `cuda`, `auto`), both `auto` when not
 * set, and the files that Vulkan is told to load. The worker and `descent doctor` read them alike.
 * Throws CONFIG_INVALID naming the variable.
 */
export function readEngineChoice(environment: Readonly<Record<string, string | undefined>>): EngineChoice {
  const drivers = environment.VK_DRIVER_FILES || environment.VK_ICD_FILENAMES || '';
  return {
    engine: oneOf(environment, 'DESCENT_ENGINE', engineNames),
    device: oneOf(environment, 'DESCENT_DEVICE', deviceNames),
    vulkanDrivers: drivers.split(process.platform === 'win32' ? ';' : ':').filter((file) => file !== ''),
  };
}

function oneOf<Name extends string>(
  environment: Readonly<Record<string, string | undefined>>,
  variable: string,
  names: readonly Name[],
): Name | 'auto' {
  const given = environment[variable] || 'auto';
  const known = [...names, 'auto' as const].find((name) => name === given);
  if (known !== undefined) return known;
  const problem = `"${given}" is not one of ${names.join(', ')}, auto`;
  throw new DescentError('CONFIG_INVALID', { variable, problem });
}
