import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { Route, Switch } from 'wouter';
import { JobsPage } from '../jobs/jobs-page.tsx';
import { JoinPage } from '../session/join-page.tsx';
import { ownClient, SessionContext } from '../session/session.ts';
import { SignInPage } from '../session/sign-in-page.tsx';
import { useSignIn } from '../session/use-sign-in.ts';
import { Loading } from '../ui/loading.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { createQueryClient } from './query-client.ts';
import { Shell } from './shell.tsx';

// Pages bring the plot and the graph library with them; the list must not wait for those.
const JobPage = lazy(() => import('../job/job-page.tsx'));
const JobGraphPage = lazy(() => import('../graph/job-graph-page.tsx'));
const NewJobPage = lazy(() => import('../new-job/new-job-page.tsx'));
const PredictPage = lazy(() => import('../predict/predict-page.tsx'));
const ComparePage = lazy(() => import('../compare/compare-page.tsx'));
const DatasetsPage = lazy(() => import('../data/datasets-page.tsx'));
const DatasetPage = lazy(() => import('../data/dataset-page.tsx'));
const ClusterPage = lazy(() => import('../cluster/cluster-page.tsx'));
const TeamPage = lazy(() => import('../team/team-page.tsx'));
const StaffPage = lazy(() => import('../staff/staff-page.tsx'));
const ModelGraphPage = lazy(() => import('../graph/model-graph-page.tsx'));

const expired = 'You are no longer signed in. Sign in again.';

export function App() {
  const { state, joinCode, notice, signedIn, signOut, leaveJoin } = useSignIn();
  const home = useMemo(
    () =>
      state === 'in'
        ? { session: { client: ownClient, signOut }, queryClient: createQueryClient(() => signOut(expired)) }
        : null,
    [state, signOut],
  );

  if (joinCode !== null) return <JoinPage code={joinCode} onJoined={signedIn} onLeave={leaveJoin} />;
  if (state === 'asking') return <Loading what="page" />;
  if (home === null) return <SignInPage notice={notice} onSignedIn={signedIn} />;
  return (
    <SessionContext value={home.session}>
      <QueryClientProvider client={home.queryClient}>
        <Shell>
          <Suspense fallback={<Loading what="page" />}>
            <Switch>
              <Route path="/">
                <JobsPage />
              </Route>
              <Route path="/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
              <Route path="/jobs/:id/graph">{({ id }) => <JobGraphPage key={id} id={id} />}</Route>
              <Route path="/jobs/:id/predict">{({ id }) => <PredictPage key={id} id={id} />}</Route>
              <Route path="/compare">
                <ComparePage />
              </Route>
              <Route path="/new">
                <NewJobPage />
              </Route>
              <Route path="/data">
                <DatasetsPage />
              </Route>
              <Route path="/data/:id">
                {({ id }) => <DatasetPage key={id} id={decodeURIComponent(id)} />}
              </Route>
              <Route path="/cluster">
                <ClusterPage />
              </Route>
              <Route path="/team">
                <TeamPage />
              </Route>
              <Route path="/staff">
                <StaffPage />
              </Route>
              <Route path="/graph">
                <ModelGraphPage />
              </Route>
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </Suspense>
        </Shell>
      </QueryClientProvider>
    </SessionContext>
  );
}
