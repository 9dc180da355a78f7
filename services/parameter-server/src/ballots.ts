import { type Vote, verdictOf } from './ballot.ts';
import type { Node } from './node.ts';

/** What has been said of one node, and one of the results that said so. */
export interface Ballot<Result> {
  readonly node: Node;
  /** Workers of other classes have other bits. */
  readonly numericsClass: string;
  readonly votes: readonly Vote[];
  /** Of those that are right, once that is known; until then the first one. */
  readonly kept: Result;
}

/** The nodes of a round that more than one worker computes. One result of each is kept, so that memory is bounded. */
export interface Ballots<Result> {
  readonly open: readonly Ballot<Result>[];
  find(node: Pick<Node, 'first' | 'count'>): Ballot<Result> | undefined;
  cast(node: Node, vote: Vote & { readonly numericsClass: string }, result: Result): Ballot<Result>;
  mayVote(voter: { readonly worker: string; readonly numericsClass: string }, node: Node): boolean;
  close(ballot: Ballot<Result>): void;
}

/** `drop` gives back the memory of a result that is not needed. */
export function createBallots<Result>(drop: (result: Result) => void): Ballots<Result> {
  const open: Ballot<Result>[] = [];
  const find: Ballots<Result>['find'] = ({ first, count }) =>
    open.find(({ node }) => node.first === first && node.count === count);

  return {
    open,
    find,
    cast(node, { worker, numericsClass, digest }, result) {
      const before = find(node);
      const votes = [...(before?.votes ?? []), { worker, digest }];
      const verdict = verdictOf(votes);
      const isOther = verdict.type === 'agreed' && verdict.digest !== votes[0]!.digest;
      const kept = before === undefined || isOther ? result : before.kept;
      const ballot = { node, numericsClass: before?.numericsClass ?? numericsClass, votes, kept };
      if (before === undefined) open.push(ballot);
      else {
        drop(isOther ? before.kept : result);
        open[open.indexOf(before)] = ballot;
      }
      return ballot;
    },
    mayVote({ worker, numericsClass }, node) {
      const ballot = find(node);
      return (
        ballot !== undefined &&
        ballot.numericsClass === numericsClass &&
        !ballot.votes.some((vote) => vote.worker === worker)
      );
    },
    close: (ballot) => void open.splice(open.indexOf(ballot), 1),
  };
}
