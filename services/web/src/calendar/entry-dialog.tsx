/** Something on the calendar that is to come: what it is, and what can be done about it without a pointer that drags. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarX2, Repeat } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { Campaign } from "@/api/client";
import { campaignQuery, seriesQuery } from "@/api/queries";
import { StatusBadge } from "@/campaigns/status-badge";
import { ConfirmSkip } from "@/series/confirm-skip";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, Input } from "@/ui/field";
import { counted } from "@/words/amounts";
import { cityOf, fromNow, here, moment } from "@/words/moments";
import { instantOf, sentenceOf } from "@/words/series";
import { readWallTime, scheduleProblem, wallTimeAt } from "@/words/wall-time";
import { dueAt, isMovable, type ToCome } from "./events";
import type { MoveOnCalendar } from "./use-move-on-calendar";

type EntryDialogProps = { chosen: Campaign | ToCome; onMove: MoveOnCalendar; onClose: () => void };

export default function EntryDialog({ chosen, onMove, onClose }: EntryDialogProps) {
  return "kind" in chosen ? (
    <OfSeries entry={chosen} onClose={onClose} />
  ) : (
    <OfCampaign seen={chosen} onMove={onMove} onClose={onClose} />
  );
}

type OfCampaignProps = { seen: Campaign; onMove: MoveOnCalendar; onClose: () => void };

function OfCampaign({ seen, onMove, onClose }: OfCampaignProps) {
  const campaign = useQuery({ ...campaignQuery(seen.id), initialData: seen }).data;
  const [isSkipping, setSkipping] = useState(false);
  const { series_id: seriesId, name, progress, occurrence } = campaign;
  const series = useQuery({ ...seriesQuery(seriesId ?? ""), enabled: seriesId !== null }).data;
  const ruled = series && occurrence !== null ? instantOf(occurrence, series.rule.timezone) : null;
  const place = here();
  const at = dueAt(campaign);
  if (isSkipping && seriesId !== null && ruled !== null)
    return <ConfirmSkip seriesId={seriesId} name={name} at={ruled} isMade onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={name}
      description={`${moment(at, place)}, ${fromNow(at, place)}`}
      className="sm:w-[min(92vw,30rem)]"
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          {ruled !== null && isMovable(campaign) && (
            <Button variant="danger" onClick={() => setSkipping(true)}>
              <CalendarX2 aria-hidden /> Leave it out
            </Button>
          )}
          <Button asChild variant="primary">
            <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }}>
              Open campaign
            </Link>
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-5">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-sm">
          <StatusBadge status={campaign.status} />
          <span>{counted(progress.total, "person", "people")}</span>
        </p>
        {seriesId !== null && <SeriesLine id={seriesId} />}
        {isMovable(campaign) && (
          <MoveForm
            at={Date.parse(at)}
            onMove={(wanted) => {
              onClose();
              onMove(campaign, wanted, () => undefined);
            }}
          />
        )}
      </div>
    </Dialog>
  );
}

function OfSeries({ entry, onClose }: { entry: ToCome; onClose: () => void }) {
  const [isSkipping, setSkipping] = useState(false);
  const place = here();
  const { at, name, series_id: seriesId, contacts, is_paused: isPaused } = entry;
  if (isSkipping)
    return <ConfirmSkip seriesId={seriesId} name={name} at={at} isMade={false} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(wanted) => !wanted && onClose()}
      title={name}
      description={`${moment(at, place)}, ${fromNow(at, place)}`}
      className="sm:w-[min(92vw,30rem)]"
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="danger" onClick={() => setSkipping(true)}>
            <CalendarX2 aria-hidden /> Leave it out
          </Button>
          <Button asChild variant="primary">
            <Link to="/series/$seriesId" params={{ seriesId }}>
              Open series
            </Link>
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Badge tone={isPaused ? "orange" : "purple"}>
            <Repeat aria-hidden /> {isPaused ? "Series paused" : "To come"}
          </Badge>
          <span>{counted(contacts, "person", "people")}</span>
        </p>
        <SeriesLine id={seriesId} />
        <p className="text-muted">
          {isPaused
            ? "Nobody is called at this time unless the series is resumed before."
            : "Its campaign is made when its turn comes. Until then it can be left out, or changed with all that follow; afterwards it can be moved by itself."}
        </p>
      </div>
    </Dialog>
  );
}

/** Of which series it is, and when that calls. */
function SeriesLine({ id }: { id: string }) {
  const series = useQuery(seriesQuery(id)).data;
  return (
    <p className="flex min-h-5 items-start gap-2 text-sm">
      <Repeat className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
      {series && <span>{sentenceOf(series.words)}</span>}
    </p>
  );
}

/** Another date and time, on the reader's clocks. */
function MoveForm({ at, onMove }: { at: number; onMove: (at: number) => void }) {
  const { zone } = here();
  const [chosen, setChosen] = useState(() => wallTimeAt(at, zone));
  const [error, setError] = useState<ReturnType<typeof scheduleProblem>>(null);
  function submit(event: FormEvent) {
    event.preventDefault();
    const problem = scheduleProblem({ ...chosen, zone }, Date.now());
    setError(problem);
    const read = readWallTime({ ...chosen, zone });
    if (problem === null && "at" in read) onMove(read.at);
  }
  const change = (changed: Partial<typeof chosen>) => {
    setChosen((held) => ({ ...held, ...changed }));
    setError(null);
  };
  const message = (field: "date" | "time") => (error?.field === field ? error.message : undefined);
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3 rounded-xl border bg-sunken/50 p-3">
      <h3 className="text-sm font-semibold">Move it to another time</h3>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Date" error={message("date")}>
          {(wiring) => (
            <Input
              {...wiring}
              type="date"
              value={chosen.date}
              onChange={(event) => change({ date: event.target.value })}
            />
          )}
        </Field>
        <Field label="Time" error={message("time")}>
          {(wiring) => (
            <Input
              {...wiring}
              type="time"
              value={chosen.time}
              onChange={(event) => change({ time: event.target.value })}
            />
          )}
        </Field>
      </div>
      <div className="flex items-center justify-between gap-3">
        <p className="text-xs text-muted">{`On your clocks, in ${cityOf(zone)}.`}</p>
        <Button type="submit" size="small">
          Move
        </Button>
      </div>
    </form>
  );
}
