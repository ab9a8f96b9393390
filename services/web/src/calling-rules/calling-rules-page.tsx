import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { callerQuery, callingHoursQuery, callLimitsQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { useIsAdministrator } from "@/session/use-role";
import { Failure, Loading, Skeleton } from "@/ui/states";
import { CallerForm } from "./caller-fields";
import { HoursForm } from "./hours-fields";
import { LimitsForm } from "./limits-fields";
import { CallerShown, HoursShown, LimitsShown } from "./shown";

/** Who calls, when the account's campaigns may, how fast, and when they stop by themselves. Administrators change it; all see it. */
export function CallingRulesPage() {
  const caller = useQuery(callerQuery);
  const hours = useQuery(callingHoursQuery);
  const limits = useQuery(callLimitsQuery);
  const mayChange = useIsAdministrator();
  return (
    <>
      <PageHeader
        title="Calling rules"
        description={
          mayChange
            ? "They hold for every campaign and every test call. What you save holds from that moment on."
            : "They hold for every campaign and every test call. Only an administrator can change them."
        }
      />
      <div className="flex max-w-3xl flex-col gap-6">
        <Rules title="Who calls" query={caller} size="h-40">
          {(data) => (mayChange ? <CallerForm caller={data} /> : <CallerShown caller={data} />)}
        </Rules>
        <Rules title="Calling hours" query={hours} size="h-96">
          {(data) => (mayChange ? <HoursForm hours={data} /> : <HoursShown hours={data} />)}
        </Rules>
        <Rules title="Call limits" query={limits} size="h-80">
          {(data) => (mayChange ? <LimitsForm limits={data} /> : <LimitsShown limits={data} />)}
        </Rules>
      </div>
    </>
  );
}

type RulesProps<T> = {
  title: string;
  query: UseQueryResult<T>;
  /** The height of its place while it loads. */
  size: string;
  children: (data: T) => ReactNode;
};

function Rules<T>({ title, query, size, children }: RulesProps<T>) {
  return (
    <section aria-label={title} className="rounded-2xl border bg-surface shadow-card">
      <h2 className="border-b px-5 py-3.5 font-semibold tracking-tight">{title}</h2>
      {query.data !== undefined ? (
        children(query.data)
      ) : query.isError ? (
        <Failure reason={query.error} onRetry={() => query.refetch()} />
      ) : (
        <div className="px-5 py-4">
          <Loading>{`Loading the ${title.toLowerCase()}`}</Loading>
          <Skeleton className={`rounded-xl ${size}`} />
        </div>
      )}
    </section>
  );
}
