import type { CatalogueEntry } from '../entry.ts';

/** What the `descent` command itself can fail with. `status` follows HTTP's meaning, for one rule of exit codes. */
export const cliErrors = {
  SERVER_UNKNOWN: {
    status: 422,
    message: 'No Descent service is given, and none runs from {lookedAt}',
    advice:
      'Start one with `descent up`, or say which: `--server URL --token TOKEN`, or DESCENT_URL and DESCENT_TOKEN.',
    retryable: false,
  },
  TOKEN_UNKNOWN: {
    status: 422,
    message: 'No token is given for {url}',
    advice: 'Add `--token TOKEN` or set DESCENT_TOKEN; `descent up` prints the first token.',
    retryable: false,
  },
  OPTION_INVALID: {
    status: 422,
    message: '{option} {problem}',
    advice: 'Run the command with --help for what it takes.',
    retryable: false,
  },
  FILE_UNREADABLE: {
    status: 422,
    message: 'Cannot read {path}: {problem}',
    advice: 'Check the path and the rights of the file.',
    retryable: false,
  },
  FILE_UNWRITABLE: {
    status: 422,
    message: 'Cannot write {path}: {problem}',
    advice: 'Choose another place with --out, or make room.',
    retryable: false,
  },
  FILE_NOT_JSON: {
    status: 422,
    message: '{path}:{line}:{column}: {problem}',
    advice: 'A training job is one JSON object; the folder examples/ holds some that work.',
    retryable: false,
  },
  CLASS_LIST_INVALID: {
    status: 422,
    message: '{path}:{line}: {problem}',
    advice: 'A class list is CSV with a header line: team, name, and if wanted email and role.',
    retryable: false,
  },
  EXAMPLE_UNKNOWN: {
    status: 404,
    message: 'There is no example "{name}"; there are: {known}',
    advice: 'Each example is a file examples/NAME.json.',
    retryable: false,
  },
  STACK_RUNNING: {
    status: 409,
    message: 'A service already runs on {dataDir} (process {pid})',
    advice: 'Use that one, stop it, or choose another folder with --data-dir.',
    retryable: false,
  },
  PORT_IN_USE: {
    status: 409,
    message: 'Port {port} of {host} is taken',
    advice: 'Choose another with --port; --port 0 takes any free one.',
    retryable: false,
  },
  DATA_DIR_UNUSABLE: {
    status: 422,
    message: 'The data folder {dataDir} cannot be used: {problem}',
    advice: 'Choose a folder that you may write to with --data-dir.',
    retryable: false,
  },
  STACK_START_FAILED: {
    status: 503,
    message: 'The service did not start: {part} {problem}',
    advice: 'The logs are in the folder logs/ of the data folder; `descent doctor` says what is missing.',
    retryable: true,
  },
} as const satisfies Record<string, CatalogueEntry>;
