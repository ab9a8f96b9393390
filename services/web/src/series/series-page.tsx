import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft, Compass, Pause, Pencil, Play, Trash2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { ApiProblem } from "@/api/client";
import { seriesQuery } from "@/api/queries";
import { DialogNotLoaded } from "@/layout/dialog-not-loaded";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { fromNow, here } from "@/words/moments";
import { nextTime, type Occurrence, type Series, sentenceOf } from "@/words/series";
import { ConfirmDelete } from "./confirm-delete";
import { Occurrences } from "./occurrences";
import { PastOccurrences } from "./past-occurrences";
import { SeriesBadge } from "./series-badge";
import { SeriesHistory } from "./series-history";
import { SeriesSettings } from "./series-settings";
import { usePauseSeries } from "./use-series";

const EditSeries = lazy(() => import("./edit-series").catch(() => ({ default: DialogNotLoaded })));

/** A recurring campaign: when it calls, what is to come, what it says, and what became of it. */
export function SeriesPage() {
  const { seriesId } = useParams({ from: "/app/series/$seriesId" });
  const { data, error, refetch } = useQuery(seriesQuery(seriesId));
  if (error instanceof ApiProblem && (error.status === 404 || error.status === 400)) return <Gone />;
  if (data !== undefined) return <Shown key={seriesId} series={data} />;
  if (error !== null)
    return (
      <>
        <PageHeader title="Recurring campaign" above={<Back />} />
        <Card label="Recurring campaign">
          <Failure reason={error} onRetry={refetch} />
        </Card>
      </>
    );
  return <Waiting />;
}

/** What is edited: all of it, or what follows an occurrence. */
type Editing = { from: Occurrence | null };

function Shown({ series }: { series: Series }) {
  const navigate = useNavigate();
  const place = here(useNow());
  const pause = usePauseSeries();
  const [isDeleting, setDeleting] = useState(false);
  const [editing, setEditing] = useState<Editing | null>(null);
  const isEnded = series.status === "ended";
  const isPaused = series.status === "paused";
  const next = series.next_occurrence;
  return (
    <>
      <PageHeader
        title={series.name}
        above={<Back />}
        description={
          <div role="status" className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <SeriesBadge status={series.status} />
            <span className="font-medium text-ink">{sentenceOf(series.words)}</span>
            <span className="tabular-nums">
              {next && !isEnded && !isPaused
                ? `Next: ${nextTime(series, place)}, ${fromNow(next.at, place)}.`
                : `${nextTime(series, place)}.`}
            </span>
          </div>
        }
      >
        {!isEnded && (
          <>
            <Button
              variant={isPaused ? "primary" : "secondary"}
              busy={pause.isPending}
              onClick={() => pause.mutate(series)}
            >
              {!pause.isPending && (isPaused ? <Play aria-hidden /> : <Pause aria-hidden />)}
              {isPaused ? "Resume" : "Pause"}
            </Button>
            <Button onClick={() => setEditing({ from: null })}>
              <Pencil aria-hidden /> Edit
            </Button>
          </>
        )}
        <Button variant="danger" onClick={() => setDeleting(true)}>
          <Trash2 aria-hidden /> Delete
        </Button>
      </PageHeader>
      <div className="flex flex-col gap-4">
        <Card label="What is to come" title="What is to come">
          <Occurrences series={series} onEditFrom={(from) => setEditing({ from })} />
        </Card>
        <Card label="Its campaigns so far" title="Its campaigns so far">
          <PastOccurrences id={series.id} />
        </Card>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Card label="Settings" title="What it says, and how it calls">
            <SeriesSettings series={series} />
          </Card>
          <Card label="History" title="History">
            <SeriesHistory id={series.id} />
          </Card>
        </div>
      </div>
      {isDeleting && (
        <ConfirmDelete
          series={series}
          onDeleted={() => navigate({ to: "/series" })}
          onClose={() => setDeleting(false)}
        />
      )}
      {editing && (
        <Suspense fallback={<Loading />}>
          <EditSeries series={series} from={editing.from} onClose={() => setEditing(null)} />
        </Suspense>
      )}
    </>
  );
}

function Card({ label, title, children }: { label: string; title?: string; children: ReactNode }) {
  return (
    <section aria-label={label} className="min-w-0 overflow-clip rounded-2xl border bg-surface shadow-card">
      {title && <h2 className="border-b px-5 py-3.5 text-sm font-semibold tracking-tight">{title}</h2>}
      {children}
    </section>
  );
}

function Back() {
  return (
    <Link
      to="/series"
      className="mb-2 inline-flex items-center gap-1.5 rounded text-sm text-muted hover:text-ink"
    >
      <ArrowLeft className="size-4" aria-hidden />
      Recurring campaigns
    </Link>
  );
}

function Gone() {
  return (
    <>
      <PageHeader title="Recurring campaign not found" above={<Back />} />
      <Card label="Recurring campaign">
        <Empty
          icon={Compass}
          title="This recurring campaign is not here"
          action={
            <Button asChild variant="primary">
              <Link to="/series">To the recurring campaigns</Link>
            </Button>
          }
        >
          It was deleted, or its address is mistyped. What it called stays among the campaigns.
        </Empty>
      </Card>
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy>
      <Loading>Loading the recurring campaign</Loading>
      <Back />
      <Skeleton className="h-8 w-72 max-w-full" />
      <Skeleton className="mt-3 h-5.5 w-96 max-w-full" />
      <div className="mt-6 flex flex-col gap-4">
        <Skeleton className="h-144 rounded-2xl" />
        <Skeleton className="h-80 rounded-2xl" />
      </div>
    </div>
  );
}
