import { CommandLine } from './command-line.tsx';
import { Notice } from './notice.tsx';

interface SecretNoticeProps {
  readonly words: string;
  readonly secret: string;
}

/** Something that is shown this once. */
export function SecretNotice({ words, secret }: SecretNoticeProps) {
  return (
    <Notice tone="good">
      <p className="pb-2">{words}</p>
      <CommandLine command={secret} />
    </Notice>
  );
}
