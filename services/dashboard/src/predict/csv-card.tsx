import { useState } from 'react';
import { Card } from '../ui/card.tsx';
import { FileField } from '../ui/file-field.tsx';
import { Notice } from '../ui/notice.tsx';

interface CsvCardProps {
  /** Of the data set. */
  readonly columns: readonly string[];
  readonly onAsk: (rows: Record<string, unknown>[]) => void;
}

/** A table with the columns of the data set; the labels may be left out. */
export function CsvCard({ columns, onAsk }: CsvCardProps) {
  const [mistake, setMistake] = useState<string>();
  async function read(file: File) {
    try {
      const { csvRows } = await import('./csv-rows.ts');
      onAsk(csvRows(await file.text()));
      setMistake(undefined);
    } catch (error) {
      setMistake(`${file.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return (
    <Card title="Table">
      <div className="space-y-3 px-4 pb-4">
        <FileField
          label="Choose a CSV file or drop it here"
          accept=".csv,.tsv,text/csv"
          onFile={(file) => void read(file)}
        />
        {columns.length > 0 && (
          <p className="text-sm break-words text-ink-soft">
            With a header of these columns, of which those that the model reads must be there:{' '}
            <code className="font-mono">{columns.join(', ')}</code>
          </p>
        )}
        {mistake !== undefined && <Notice tone="bad">{mistake}</Notice>}
      </div>
    </Card>
  );
}
