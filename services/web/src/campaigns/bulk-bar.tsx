/** What can be done with all campaigns that are ticked, and what came of it. */

import { Link } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Ban, CircleX, type LucideIcon, Pause, Play, Trash2, X } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import type { Campaign } from "@/api/client";
import { useStored } from "@/api/store";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { sentence } from "@/ui/states";
import { counted } from "@/words/amounts";
import { bulkLabel, bulkQuestion, bulkWords } from "@/words/bulk";
import { ACTIONS, type BulkAction, fits, type Refusal, useBulk } from "./bulk";
import { chosen, clearChosen } from "./chosen";

const ICON: Record<BulkAction, LucideIcon> = {
  start: Play,
  pause: Pause,
  resume: Play,
  cancel: Ban,
  archive: Archive,
  unarchive: ArchiveRestore,
  delete: Trash2,
};

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

type Asked = { action: BulkAction; campaigns: Campaign[] };

/** `campaigns`: those of the list, of which some are ticked. */
export function BulkBar({ campaigns }: { campaigns: readonly Campaign[] }) {
  const ids = useStored(chosen);
  const ticked = campaigns.filter(({ id }) => ids.has(id));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [refused, setRefused] = useState<{ title: string; refusals: Refusal[] } | null>(null);
  const bulk = useBulk();
  const hasSome = ticked.length > 0;

  useEffect(() => clearChosen, []);
  useEffect(() => {
    if (!hasSome) return;
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key === "Escape" &&
        !event.defaultPrevented &&
        document.querySelector("[role=dialog]") === null
      )
        clearChosen();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [hasSome]);

  function act(wanted: Asked) {
    if (bulk.isPending) return; // two clicks are one
    setAsked(null);
    bulk.mutate(wanted, {
      onSuccess: ({ action, done, refused: refusals, dialling }) => {
        clearChosen();
        const title = bulkWords(action, done.length, refusals.length);
        const placing =
          dialling > 0 && `${counted(dialling, "call")} passed before, and may still be placed.`;
        if (refusals.length > 0) setRefused({ title, refusals });
        else
          toast.success(title, {
            ...(placing && { description: placing }),
            ...((action === "archive" || action === "unarchive") && {
              duration: UNDO,
              action: {
                label: "Undo",
                onClick: () =>
                  act({ action: action === "archive" ? "unarchive" : "archive", campaigns: done }),
              },
            }),
          });
      },
      onError: (reason) => toast.error(sentence(reason)),
    });
  }

  const question =
    asked &&
    bulkQuestion(
      asked.action,
      asked.campaigns.length,
      asked.campaigns.reduce((sum, { progress }) => sum + progress.waiting, 0),
    );
  return (
    <>
      <p role="status" className="sr-only">
        {hasSome ? `${counted(ticked.length, "campaign")} chosen. What can be done follows.` : ""}
      </p>
      {hasSome && (
        <div
          role="toolbar"
          aria-label="Chosen campaigns"
          className="fixed inset-x-0 bottom-20 z-30 mx-auto flex w-fit max-w-[calc(100vw-1.5rem)] flex-wrap items-center justify-center gap-1.5 rounded-2xl border bg-surface p-2 shadow-xl lg:bottom-6 lg:left-60"
        >
          <span className="px-2 text-sm font-medium tabular-nums">{counted(ticked.length, "campaign")}</span>
          {ACTIONS.map((action) => {
            const fitting = ticked.filter((campaign) => fits(campaign, action));
            const Icon = ICON[action];
            if (fitting.length === 0) return null;
            return (
              <Button
                key={action}
                size="small"
                variant={action === "cancel" || action === "delete" ? "danger" : "secondary"}
                disabled={bulk.isPending}
                onClick={() => {
                  const wanted = { action, campaigns: fitting };
                  if (bulkQuestion(action, 0, 0) === null) act(wanted);
                  else setAsked(wanted);
                }}
              >
                <Icon aria-hidden /> {bulkLabel(action, fitting.length, ticked.length)}
              </Button>
            );
          })}
          <Button size="small" variant="quiet" aria-label="Choose none" onClick={clearChosen}>
            <X aria-hidden />
          </Button>
        </div>
      )}
      {asked && question && (
        <Dialog
          open
          onOpenChange={() => setAsked(null)}
          title={question.title}
          className="sm:w-[min(92vw,28rem)]"
          footer={
            <div className="flex justify-end gap-2">
              <Button onClick={() => setAsked(null)}>{question.no}</Button>
              <Button variant={asked.action === "start" ? "primary" : "danger"} onClick={() => act(asked)}>
                {question.yes}
              </Button>
            </div>
          }
        >
          <p className="text-sm">{question.text}</p>
        </Dialog>
      )}
      {refused && (
        <Dialog
          open
          onOpenChange={() => setRefused(null)}
          title={refused.title}
          footer={
            <div className="flex justify-end gap-2">
              {refused.refusals.some(({ needsMoney }) => needsMoney) && (
                <Button asChild>
                  <Link to="/wallet">To the wallet</Link>
                </Button>
              )}
              <Button variant="primary" onClick={() => setRefused(null)}>
                Done
              </Button>
            </div>
          }
        >
          <ul aria-label="Left as before, and why" className="flex flex-col gap-3 text-sm">
            {refused.refusals.map(({ campaign, reason }) => (
              <li key={campaign.id} className="flex items-start gap-2">
                <CircleX className="mt-0.5 size-4 shrink-0 text-red" aria-hidden />
                <span className="min-w-0 [overflow-wrap:anywhere]">
                  <bdi className="font-medium">{campaign.name}</bdi>
                  <span className="block text-muted">{reason}</span>
                </span>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}
