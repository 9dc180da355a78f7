import type { Claim } from './claims.ts';

/** docs/operators.md */
export function renderOperators(claims: readonly Claim[], engines: readonly string[]): string {
  const rows = claims.map(
    (claim) =>
      `| \`${claim.operator}\` | ${evaluation(claim)} | ${gradient(claim)} | ${where(claim, engines)} |`,
  );
  return `# Operators

ONNX operators (opset 17 and what later versions added under the same names) that a model may use, in the graph form of a
spec or in an ONNX file that is imported. Generated from the tests by \`scripts/operators-doc.mjs\`; a test holds it against them.

- **evaluation**: cases that the importer and the reference evaluation pass. *ONNX* are ONNX's own conformance cases
  (\`test/conformance\`; those that do not run are listed in \`exceptions.ts\` there, with the reason), *own* are cases in \`packages/autodiff/src/cases\`.
- **gradient**: *yes*: checked against finite differences in double precision. *zero*: piecewise constant, or of integers.
- **engines**: those that pass the same cases (\`packages/engines\`, \`test/parity\`). *import*: computed or unrolled while a model is
  imported, so that no engine meets it.

| operator | evaluation | gradient | engines |
|---|---|---|---|
${rows.join('\n')}
`;
}

function evaluation({ conformance, own }: Claim): string {
  const of = conformance.run === conformance.of ? '' : ` of ${conformance.of}`;
  const parts = [
    ...(conformance.run > 0 ? [`${conformance.run}${of} ONNX`] : []),
    ...(own > 0 ? ['own'] : []),
  ];
  return parts.join(', ');
}

function gradient({ gradient: kind }: Claim): string {
  switch (kind) {
    case 'checked':
      return 'yes';
    case 'zero':
      return 'zero';
    case 'none':
      return '–';
    default:
      return kind satisfies never;
  }
}

function where({ importOnly }: Claim, engines: readonly string[]): string {
  return importOnly ? 'import' : engines.join(', ');
}
