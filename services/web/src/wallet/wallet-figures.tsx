import { TriangleAlert } from "lucide-react";
import type { Wallet } from "@/api/client";
import { cn } from "@/ui/cn";
import { Loading, Skeleton } from "@/ui/states";
import { isLess, money } from "@/words/amounts";

const FIGURES = [
  { name: "balance", label: "Balance", hint: "What all entries below add up to." },
  { name: "held", label: "Held", hint: "What calls under way may cost at most." },
  { name: "available", label: "Available", hint: "The balance without what is held." },
  { name: "minimum_balance", label: "Minimum", hint: "Below it no campaign can be created." },
] as const;

/** The wallet in figures, and a warning when there is too little in it. */
export function WalletFigures({ wallet }: { wallet: Wallet | undefined }) {
  const isLow = wallet !== undefined && isLess(wallet.balance, wallet.minimum_balance);
  return (
    <section aria-label="Balance">
      {wallet === undefined && <Loading>Loading the wallet</Loading>}
      {isLow && (
        <p
          role="status"
          className="mb-4 flex items-start gap-2.5 rounded-xl border border-warning/30 bg-warning-soft px-4 py-3 text-sm text-warning"
        >
          <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          <span>
            <strong className="font-semibold">The balance is below the minimum.</strong> No campaign can be
            created until the wallet is topped up to {money(wallet.minimum_balance, wallet.currency)} or more.
            Campaigns that exist go on while money is available.
          </span>
        </p>
      )}
      <dl className="grid grid-cols-2 gap-px overflow-clip rounded-2xl border bg-line shadow-card lg:grid-cols-4">
        {FIGURES.map(({ name, label, hint }) => (
          <div key={name} className="flex flex-col bg-surface px-4 py-4 sm:px-5">
            <dt className="text-sm text-muted">{label}</dt>
            <dd
              className={cn(
                "mt-1 text-base font-semibold tracking-tight tabular-nums [overflow-wrap:anywhere] sm:text-xl",
                name === "balance" && isLow && "text-warning",
              )}
            >
              {wallet ? (
                money(wallet[name], wallet.currency)
              ) : (
                <Skeleton className="my-0.5 h-5 w-28 max-w-full sm:h-6" />
              )}
            </dd>
            <dd className="mt-1 text-xs text-muted">{hint}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
