import { type ExportFormat, isEnded, type Job } from '@descent/client';
import { useClient } from '../session/session.ts';
import { Card } from '../ui/card.tsx';
import { DownloadButton } from './download-button.tsx';
import { useCheckpoints } from './use-checkpoints.ts';

const formats: Record<
  ExportFormat,
  { readonly name: string; readonly words: string; readonly suffix: string }
> = {
  onnx: { name: 'ONNX', words: 'inference graph with weights', suffix: 'onnx' },
  pytorch: { name: 'PyTorch', words: 'model.py, which reads the safetensors file', suffix: 'py' },
  safetensors: { name: 'safetensors', words: 'the weights by name', suffix: 'safetensors' },
  tfjs: { name: 'TensorFlow.js', words: 'a layers model for the browser', suffix: 'zip' },
};

/** The trained model as a file of another framework. Until the job has its weights, of the newest checkpoint. */
export function ExportCard({ job }: { readonly job: Job }) {
  const client = useClient();
  const { data: checkpoints = [] } = useCheckpoints(job.id);
  const finished = job.receipt.weightsHash !== null;
  const checkpoint = finished ? undefined : checkpoints[0];
  const none = !finished && checkpoint === undefined;
  return (
    <Card title="Export">
      <div className="px-4 pb-3">
        <p className="pb-2 text-sm text-ink-soft">
          {finished && 'The weights of the finished job.'}
          {checkpoint !== undefined && `The parameters after step ${checkpoint.step}, the newest checkpoint.`}
          {none &&
            (isEnded(job.state)
              ? 'The job ended before its first checkpoint.'
              : 'There is something to export once the first checkpoint is written.')}
        </p>
        {!none && (
          <ul>
            {(Object.keys(formats) as ExportFormat[]).map((format) => (
              <li
                key={format}
                className="flex min-h-9 items-center gap-3 border-t border-line first:border-t-0"
              >
                <span className="w-28 shrink-0">{formats[format].name}</span>
                <span className="min-w-0 flex-1 truncate text-sm text-ink-faint">
                  {formats[format].words}
                </span>
                <DownloadButton
                  name={formats[format].name}
                  fileName={`${job.id}.${formats[format].suffix}`}
                  open={() =>
                    client.jobs.exportModel(
                      job.id,
                      format,
                      checkpoint === undefined ? {} : { checkpoint: checkpoint.id },
                    )
                  }
                />
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
