import { Panel, useReactFlow, useStore } from '@xyflow/react';
import { memo, type PointerEvent, useMemo } from 'react';
import type { Layout } from './lay-out.ts';

/**
 * The whole drawing, small, with the part that is on the screen; a press or a drag brings another part there. All boxes are
 * one path: the map of the library has every box listen to every movement, which was about half of the scripting while
 * 1,000 operations were panned.
 */
export function GraphMap({ layout }: { readonly layout: Layout }) {
  const { setCenter, getZoom } = useReactFlow();
  const [left, top, zoom] = useStore((state) => state.transform);
  const width = useStore((state) => state.width) / zoom;
  const height = useStore((state) => state.height) / zoom;
  const { x, y, width: wide, height: high } = layout.bounds;

  function go(event: PointerEvent<SVGSVGElement>) {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const toDrawing = event.currentTarget.getScreenCTM()?.inverse();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(toDrawing);
    void setCenter(at.x, at.y, { zoom: getZoom() });
  }

  return (
    <Panel position="bottom-right" className="max-sm:hidden">
      <svg
        aria-hidden="true"
        viewBox={`${x} ${y} ${wide} ${high}`}
        className="h-36 w-48 cursor-pointer touch-none rounded border border-line bg-surface"
        onPointerDown={go}
        onPointerMove={go}
      >
        <Boxes layout={layout} />
        <rect
          x={-left / zoom}
          y={-top / zoom}
          width={width}
          height={height}
          vectorEffect="non-scaling-stroke"
          className="fill-accent/15 stroke-accent"
        />
      </svg>
    </Panel>
  );
}

const Boxes = memo(function Boxes({ layout }: { readonly layout: Layout }) {
  const path = useMemo(
    () =>
      [...layout.boxes.values()]
        .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
        .join(''),
    [layout],
  );
  return <path d={path} className="fill-line-strong" />;
});
