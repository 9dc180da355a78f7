/** One kind of failure that a user, an operator or another part of Descent can meet. */
export interface CatalogueEntry {
  /** HTTP status that the api answers with. */
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  /** One sentence; `{name}` is replaced by the detail of that name. */
  readonly message: string;
  /** What to do about it. Printed in docs/errors.md and below the message in the terminal. */
  readonly advice: string;
  /** True when the same call may succeed later without a change. */
  readonly retryable: boolean;
}

type ParameterOf<Message> = Message extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;

/** Details that a message needs, read off its template, plus any that only machines read. */
export type DetailsOf<Entry extends CatalogueEntry> = Record<ParameterOf<Entry['message']>, unknown> &
  Record<string, unknown>;
