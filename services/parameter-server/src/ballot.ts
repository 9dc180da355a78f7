/** What one worker says a node sums up to. */
export interface Vote {
  readonly worker: string;
  /** Equal for equal bits. */
  readonly digest: string;
}

/**
 * Where an audited node stands:
 *
 *   open ──second vote, equal──▶ agreed
 *     └──second vote, another──▶ disputed ──third vote, equal to one──▶ agreed (who said otherwise was wrong)
 *                                    └──────third vote, another again──▶ split: nobody can say what is right
 */
export type Verdict =
  | { readonly type: 'open' }
  | { readonly type: 'disputed' }
  | {
      readonly type: 'agreed';
      readonly digest: string;
      readonly right: readonly string[];
      readonly wrong: readonly string[];
    }
  | { readonly type: 'split' };

/** Every vote is of another worker. */
export function verdictOf(votes: readonly Vote[]): Verdict {
  const agreed = votes.find(({ digest }, index) =>
    votes.some((vote, at) => at < index && vote.digest === digest),
  );
  if (agreed !== undefined) {
    const { digest } = agreed;
    const workers = (isRight: boolean) =>
      votes.filter((vote) => (vote.digest === digest) === isRight).map(({ worker }) => worker);
    return { type: 'agreed', digest, right: workers(true), wrong: workers(false) };
  }
  if (votes.length < 2) return { type: 'open' };
  return { type: votes.length === 2 ? 'disputed' : 'split' };
}
