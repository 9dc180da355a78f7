import { type PointerEvent, useEffect, useRef } from 'react';
import { Button } from '../ui/button.tsx';
import type { Drawing } from './digit.ts';

const side = 280;

/** Something to draw on; says what is drawn after every stroke. */
export function Paper({ onDraw }: { readonly onDraw: (drawing: Drawing) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const pen = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (pen === null || pen === undefined) return;
    pen.lineWidth = 20;
    pen.lineCap = 'round';
    pen.lineJoin = 'round';
    pen.strokeStyle = '#fff';
  }, []);

  function place(event: PointerEvent<HTMLCanvasElement>): [number, number] {
    const box = event.currentTarget.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * side, ((event.clientY - box.top) / box.height) * side];
  }

  function read() {
    const pixels = canvas.current?.getContext('2d')?.getImageData(0, 0, side, side).data;
    if (pixels === undefined) return;
    const ink = new Uint8ClampedArray(side * side);
    for (let index = 0; index < ink.length; index++) ink[index] = pixels[index * 4 + 3] ?? 0;
    onDraw({ width: side, height: side, ink });
  }

  return (
    <div className="space-y-2">
      <canvas
        ref={canvas}
        width={side}
        height={side}
        aria-label="Draw here"
        className="aspect-square w-full max-w-70 cursor-crosshair touch-none rounded-lg bg-[#000]"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          const pen = event.currentTarget.getContext('2d');
          pen?.beginPath();
          pen?.moveTo(...place(event));
          pen?.lineTo(...place(event));
          pen?.stroke();
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const pen = event.currentTarget.getContext('2d');
          pen?.lineTo(...place(event));
          pen?.stroke();
        }}
        onPointerUp={read}
      />
      <Button
        onClick={() => {
          canvas.current?.getContext('2d')?.clearRect(0, 0, side, side);
          read();
        }}
      >
        Clear
      </Button>
    </div>
  );
}
