/**
 * A line that teams stand in, by stride scheduling (Waldspurger and Weihl 1995): each worker-second moves a team's
 * `pass` on by 1 ÷ weight, and the team with the smallest pass goes first.
 *
 * A team is hungry (it wants something that it does not have) or not (it wants nothing, or has all that it wants).
 * hungry      its pass stands. The smallest of the hungry teams is the virtual time, which never goes back. While nobody
 *             is hungry it is the largest pass of the served teams: what somebody used that nobody else wanted is not
 *             held against them.
 * not hungry  its pass stays behind while the others' grow: that is its credit, cut when it becomes hungry again. So
 *             neither idle time nor many small bursts give more than the credit.
 *
 * Fading multiplies every pass and the virtual time by the same factor: it changes no order, only how long a lead lasts.
 */
export interface Standing {
  readonly virtualPass: number;
  readonly passes: ReadonlyMap<string, number>;
  readonly hungry: ReadonlySet<string>;
}

export const emptyStanding: Standing = { virtualPass: 0, passes: new Map(), hungry: new Set() };

export function fadeStanding(standing: Standing, factor: number): Standing {
  return {
    ...standing,
    virtualPass: standing.virtualPass * factor,
    passes: new Map([...standing.passes].map(([team, pass]) => [team, pass * factor])),
  };
}

/** Moves a team on; one that was never seen starts level with the others. */
export function moveOn(standing: Standing, team: string, pass: number): Standing {
  const before = standing.passes.get(team) ?? standing.virtualPass;
  return { ...standing, passes: new Map(standing.passes).set(team, before + pass) };
}

/** The pass that counts for a team: of one that is not hungry, what it would be if it became so now. */
export function passOf(standing: Standing, team: string, weight: number, creditSeconds: number): number {
  const pass = standing.passes.get(team) ?? 0;
  return standing.hungry.has(team) ? pass : Math.max(pass, standing.virtualPass - creditSeconds / weight);
}

/** Who is hungry now (with their weights), who is served, and the virtual time that follows. */
export function stand(
  standing: Standing,
  hungry: ReadonlyMap<string, number>,
  served: Iterable<string>,
  creditSeconds: number,
): Standing {
  const own = (team: string) => standing.passes.get(team) ?? 0;
  const stayed = [...hungry.keys()].filter((team) => standing.hungry.has(team));
  const front = stayed.length > 0 ? Math.min(...stayed.map(own)) : Math.max(0, ...[...served].map(own));
  const line = { ...standing, virtualPass: Math.max(standing.virtualPass, front) };
  const passes = new Map(standing.passes);
  for (const [team, weight] of hungry) passes.set(team, passOf(line, team, weight, creditSeconds));
  return { ...line, passes, hungry: new Set(hungry.keys()) };
}
