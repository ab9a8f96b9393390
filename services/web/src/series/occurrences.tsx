/** The times of a series that are to come, with the campaigns of those that are made. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { CalendarOff, CalendarX2, Ellipsis, Eye, Pencil, PencilLine } from "lucide-react";
import { useState } from "react";
import { occurrencesQuery } from "@/api/queries";
import { StatusBadge } from "@/campaigns/status-badge";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Menu, MenuItem } from "@/ui/menu";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { here, moment, type Place } from "@/words/moments";
import { clockWords, type Occurrence, offsetWords, type Series, wallWords } from "@/words/series";
import { ConfirmSkip } from "./confirm-skip";

const FEW = 10;
const MANY = 100;

type OccurrencesProps = { series: Series; onEditFrom: (from: Occurrence) => void };

export function Occurrences({ series, onEditFrom }: OccurrencesProps) {
  const [limit, setLimit] = useState(FEW);
  const [skipped, setSkipped] = useState<Occurrence | null>(null);
  const list = useQuery(occurrencesQuery(series.id, limit));
  const place = here(useNow());
  if (list.data === undefined)
    return list.isError ? <Failure reason={list.error} onRetry={() => list.refetch()} /> : <Waiting />;
  const items = list.data.items;
  if (items.length === 0 || series.status === "ended")
    return (
      <Empty icon={CalendarOff} title="No other time is to come">
        {series.status === "ended"
          ? "The series has ended. Create another one to go on."
          : "Its rule has come to its end."}
      </Empty>
    );
  return (
    <>
      {series.status === "paused" && (
        <p className="border-b bg-orange-soft px-5 py-2.5 text-sm text-orange">
          Paused: these times pass without a call until you resume it.
        </p>
      )}
      <ol aria-label="Times">
        {items.map((one, index) => (
          <OccurrenceRow
            key={one.at}
            series={series}
            one={one}
            note={clockWords(one, items[index - 1], series.rule.timezone)}
            place={place}
            onSkip={() => setSkipped(one)}
            onEditFrom={() => onEditFrom(one)}
          />
        ))}
      </ol>
      {limit === FEW && items.length === FEW && (
        <div className="border-t px-5 py-3 text-center">
          <Button size="small" busy={list.isFetching} onClick={() => setLimit(MANY)}>
            Show more
          </Button>
        </div>
      )}
      {skipped && (
        <ConfirmSkip
          seriesId={series.id}
          name={series.name}
          at={skipped.at}
          isMade={skipped.campaign_id !== null}
          onClose={() => setSkipped(null)}
        />
      )}
    </>
  );
}

type OccurrenceRowProps = {
  series: Series;
  one: Occurrence;
  note: string | null;
  place: Place;
  onSkip: () => void;
  onEditFrom: () => void;
};

function OccurrenceRow({ series, one, note, place, onSkip, onEditFrom }: OccurrenceRowProps) {
  const words = wallWords(one.wall, place);
  const isPaused = series.status === "paused" && one.campaign_id === null;
  const isMoved = one.scheduled_time !== null && one.scheduled_time !== one.at;
  return (
    <li className="relative flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-2.5 text-sm last:border-b-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="tabular-nums">
          <time
            dateTime={one.at}
            className={cn("inline-block min-w-44", (isPaused || isMoved) && "text-muted line-through")}
          >
            {words}
          </time>
          <span className="ml-3 text-xs text-muted">{offsetWords(one.utc_offset)}</span>
        </p>
        {isMoved && one.scheduled_time && (
          <p className="mt-0.5 font-medium tabular-nums">
            {`Instead: ${moment(one.scheduled_time, place, series.rule.timezone)}`}
          </p>
        )}
        {note && <p className="mt-0.5 text-xs font-medium text-orange">{note}</p>}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {one.is_exception && (
          <Badge tone="blue">
            <PencilLine aria-hidden />
            Changed by itself
          </Badge>
        )}
        {one.campaign_id !== null && one.status !== null && (
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: one.campaign_id }}
            className="rounded-full"
            aria-label={`Open the campaign of ${words}, ${one.status}`}
          >
            <StatusBadge status={one.status} />
          </Link>
        )}
      </div>
      <Menu
        trigger={
          <Button variant="quiet" size="icon" aria-label={`Actions for ${words}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        {one.campaign_id !== null && <OpenItem id={one.campaign_id} />}
        <MenuItem icon={Pencil} onSelect={onEditFrom}>
          Change this and all that follow
        </MenuItem>
        <MenuItem icon={CalendarX2} danger onSelect={onSkip}>
          Leave this one out
        </MenuItem>
      </Menu>
    </li>
  );
}

function OpenItem({ id }: { id: string }) {
  const navigate = useNavigate();
  return (
    <MenuItem
      icon={Eye}
      onSelect={() => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: id } })}
    >
      Open its campaign
    </MenuItem>
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading the times</Loading>
      {["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"].map((row) => (
        <div key={row} className="flex h-14 items-center gap-4 border-b px-5 last:border-b-0">
          <Skeleton className="h-4 w-56" />
          <div className="flex-1" />
          <Skeleton className="h-5 w-24 rounded-full" />
        </div>
      ))}
    </div>
  );
}
