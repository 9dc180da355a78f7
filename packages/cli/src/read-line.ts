import { createInterface } from 'node:readline';

/** The first line of standard input; '' at its end. What is typed is not shown on the terminal. */
export async function readLine(question: string, signal: AbortSignal): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write(question);
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY === true, signal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (stdin.isTTY) stderr.write('\n');
  }
}
