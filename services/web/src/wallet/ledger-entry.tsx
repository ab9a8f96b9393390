import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { ArrowDownLeft, ArrowUpRight, type LucideIcon, Scale } from "lucide-react";
import { memo } from "react";
import { toast } from "sonner";
import type { Schemas } from "@/api/client";
import { callQuery } from "@/api/queries";
import { cn } from "@/ui/cn";
import { sentence } from "@/ui/states";
import { money } from "@/words/amounts";
import { isCharge, KIND_WORD, signed } from "@/words/ledger";
import { exactMoment, moment, type Place } from "@/words/moments";

type Entry = Schemas["WalletEntry"];

const ICON: Record<Entry["kind"], LucideIcon> = {
  top_up: ArrowDownLeft,
  call: ArrowUpRight,
  correction: Scale,
};

/** A line of the ledger. Its call is looked up only when somebody wants to see it. */
export const LedgerEntry = memo(function LedgerEntry({ entry, place }: { entry: Entry; place: Place }) {
  const Icon = ICON[entry.kind];
  const isIn = !isCharge(entry) && Number(entry.amount) !== 0;
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5 [contain-intrinsic-size:auto_4rem] [content-visibility:auto] last:border-b-0 sm:gap-x-4 sm:px-5">
      <span
        className={cn(
          "flex size-8 shrink-0 items-center justify-center rounded-full",
          isIn ? "bg-green-soft text-green" : "bg-grey-soft text-grey",
        )}
      >
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="min-w-0 flex-1 basis-32">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm">
          <span className="font-medium">{KIND_WORD[entry.kind]}</span>
          {entry.note && <span className="min-w-0 text-muted [overflow-wrap:anywhere]">{entry.note}</span>}
          {Number(entry.written_off) !== 0 && (
            <span className="text-muted">
              {money(entry.written_off, entry.currency)} more was written off
            </span>
          )}
        </p>
        <p className="mt-0.5 flex flex-wrap gap-x-2 text-xs text-muted">
          <time dateTime={entry.at} title={exactMoment(entry.at, place)} className="tabular-nums">
            {moment(entry.at, place)}
          </time>
          {entry.call_id && <ToCall id={entry.call_id} />}
        </p>
      </div>
      <span
        className={cn("ml-auto shrink-0 text-sm font-medium tabular-nums", isIn ? "text-green" : "text-ink")}
      >
        {signed(entry)}
      </span>
    </li>
  );
});

function ToCall({ id }: { id: string }) {
  const client = useQueryClient();
  const { history } = useRouter();
  const open = useMutation({
    mutationFn: () => client.fetchQuery(callQuery(id)),
    onSuccess: (call) => history.push(`/campaigns/${call.campaign_id}?call=${id}`),
    onError: (reason) => toast.error(sentence(reason)),
  });
  return (
    <button
      type="button"
      className="-my-1 py-1 font-medium text-ink underline decoration-line-strong underline-offset-2 hover:decoration-ink"
      aria-busy={open.isPending || undefined}
      onClick={() => open.mutate()}
    >
      Show the call
    </button>
  );
}
