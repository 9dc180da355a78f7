import { useRef, useState } from 'react';
import { Card } from '../ui/card.tsx';
import { FileField } from '../ui/file-field.tsx';
import { Notice } from '../ui/notice.tsx';
import { imageRow } from './image-rows.ts';
import type { ImageInput } from './model-inputs.ts';

interface ImageCardProps {
  readonly input: ImageInput;
  readonly onAsk: (row: number[][][]) => void;
}

/** An image of any size: its middle is cut to the proportions of the input and scaled to its size. */
export function ImageCard({ input, onAsk }: ImageCardProps) {
  const { width, height, channels } = input;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [inverted, setInverted] = useState(false);
  const [shown, setShown] = useState(false);
  const [mistake, setMistake] = useState<string>();

  function ask(invert: boolean) {
    const pixels = canvas.current?.getContext('2d')?.getImageData(0, 0, width, height);
    if (pixels !== undefined) onAsk(imageRow(pixels, { channels, inverted: invert }));
  }
  async function read(file: File) {
    try {
      const bitmap = await createImageBitmap(file);
      const scale = Math.max(width / bitmap.width, height / bitmap.height);
      const [wide, high] = [bitmap.width * scale, bitmap.height * scale];
      const pen = canvas.current?.getContext('2d', { willReadFrequently: true });
      pen?.clearRect(0, 0, width, height);
      pen?.drawImage(bitmap, (width - wide) / 2, (height - high) / 2, wide, high);
      bitmap.close();
      setMistake(undefined);
      setShown(true);
      ask(inverted);
    } catch {
      setMistake(`${file.name} cannot be read as an image.`);
    }
  }

  return (
    <Card title="Image">
      <div className="space-y-3 px-4 pb-4">
        <FileField
          label="Choose an image or drop it here"
          accept="image/*"
          onFile={(file) => void read(file)}
        />
        {mistake !== undefined && <Notice tone="bad">{mistake}</Notice>}
        <div className={`flex items-center gap-4 ${shown ? '' : 'hidden'}`}>
          <canvas
            ref={canvas}
            width={width}
            height={height}
            aria-label="The image as the model reads it"
            className="h-24 rounded border border-line [image-rendering:pixelated]"
          />
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={inverted}
              onChange={(event) => {
                setInverted(event.target.checked);
                ask(event.target.checked);
              }}
              className="size-4 accent-accent"
            />
            dark on light, to be turned round
          </label>
        </div>
      </div>
    </Card>
  );
}
