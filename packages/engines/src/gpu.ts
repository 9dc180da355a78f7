import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What is known of the graphics devices of this machine without loading a driver. */
export interface GpuSurvey {
  /** A device that computes is there, as far as the files of the operating system tell. */
  readonly isReal: boolean;
  /** Vulkan would choose a driver that computes on the processor: SwiftShader, llvmpipe (lavapipe). */
  readonly isSoftware: boolean;
  /** Names the devices, for the numerics class: PCI ids (`10de-2335`), or the chip; `software` for such a driver. */
  readonly name: string;
}

const softwareDrivers = /swiftshader|lvp|lavapipe|llvmpipe/i;
const driverFolders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** @param vulkanDrivers the files that VK_DRIVER_FILES or VK_ICD_FILENAMES name */
export function surveyGpus(vulkanDrivers: readonly string[]): GpuSurvey {
  // Metal and D3D12 come with the operating system, and so does a device for them.
  if (process.platform !== 'linux') {
    return { isReal: true, isSoftware: false, name: (cpus()[0]?.model ?? process.arch).replace(/\W+/g, '-') };
  }
  const drivers = vulkanDrivers.length > 0 ? vulkanDrivers : driverFolders.flatMap(entries);
  const isSoftware = drivers.length > 0 && drivers.every((driver) => softwareDrivers.test(driver));
  return {
    isReal: !isSoftware && deviceFiles().length > 0,
    isSoftware,
    name: isSoftware ? 'software' : pciNames().join('+') || 'unknown',
  };
}

/** Device files of drivers that compute: render nodes, NVIDIA's, and those of Windows' subsystem for Linux. */
function deviceFiles(): readonly string[] {
  return [
    ...entries('/dev/dri').filter((file) => file.startsWith('renderD')),
    ...entries('/dev').filter((file) => /^nvidia\d+$|^dxg$/.test(file)),
  ];
}

/** Vendor and device of everything on the PCI bus that is a display controller (class 0x03). */
function pciNames(): readonly string[] {
  const bus = '/sys/bus/pci/devices';
  return entries(bus).flatMap((device) => {
    const [kind, vendor, model] = ['class', 'vendor', 'device'].map((file) =>
      text(`${bus}/${device}/${file}`),
    );
    return kind?.startsWith('0x03') ? [`${vendor}-${model}`.replaceAll('0x', '')] : [];
  });
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
