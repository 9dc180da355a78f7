import type { LayerSummary } from '@descent/client';
import { formatCompact, formatCount } from '../format/number.ts';
import { Card } from '../ui/card.tsx';

/** The layers in order, with what each costs. FLOPs are those of the forward pass, per sample. */
export function LayerTable({ layers }: { readonly layers: readonly LayerSummary[] }) {
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const flops = layers.reduce((sum, layer) => sum + layer.flops, 0);
  return (
    <Card title="Layers">
      <div className="overflow-x-auto">
        <table className="w-full text-left whitespace-nowrap">
          <thead className="text-sm text-ink-faint">
            <tr className="border-b border-line">
              <th className="px-4 py-1.5 font-normal">layer</th>
              <th className="px-4 py-1.5 font-normal">output shape</th>
              <th className="px-4 py-1.5 text-right font-normal">parameters</th>
              <th className="px-4 py-1.5 text-right font-normal">FLOPs</th>
            </tr>
          </thead>
          <tbody>
            {layers.map((layer) => (
              <tr key={layer.name} className="border-b border-line">
                <th scope="row" className="px-4 py-2 font-normal">
                  {layer.name}
                  <span className="block text-sm text-ink-faint">{layer.type}</span>
                </th>
                <td className="px-4 py-2 font-mono text-sm">[{layer.outputShape.join(', ')}]</td>
                <td className="px-4 py-2 text-right tabular-nums">{formatCount(layer.parameters)}</td>
                <td className="px-4 py-2 text-right tabular-nums">{formatCompact(layer.flops)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr className="font-medium">
              <th scope="row" colSpan={2} className="px-4 py-2 font-medium">
                all layers
              </th>
              <td className="px-4 py-2 text-right tabular-nums">{formatCount(parameters)}</td>
              <td className="px-4 py-2 text-right tabular-nums">{formatCompact(flops)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
    </Card>
  );
}
