import { BezierEdge, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { useFar } from './far.ts';

/** A curve with the shape of what flows along it: seen from afar the curve alone, since every label is measured when it appears. */
export const GraphEdge = memo(function GraphEdge({ label, ...edge }: EdgeProps) {
  const far = useFar();
  // Without a second, wide path for the pointer: edges cannot be pressed.
  return <BezierEdge {...edge} interactionWidth={0} label={far ? undefined : label} />;
});
