import { type ReactFlowState, useStore } from '@xyflow/react';

/** Below it no text of the drawing can be read: names take less than four pixels. */
const farZoom = 0.25;

const isFar = ({ transform: [, , zoom] }: ReactFlowState) => zoom < farZoom;

/** Whether the drawing is seen from so far that boxes and edges need no text. */
export function useFar(): boolean {
  return useStore(isFar);
}
