import { useQuery } from "@tanstack/react-query";
import { KeyRound, Lock, Plus } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { apiKeysQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { useIsAdministrator } from "@/session/use-role";
import { Button } from "@/ui/button";
import { Empty, Failure, Loading, Skeleton } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { count } from "@/words/amounts";
import { here } from "@/words/moments";
import { ApiKeyRow } from "./api-key-row";
import { CreateKeyDialog } from "./create-key-dialog";
import { RevokeKeyDialog } from "./revoke-key-dialog";

type ApiKey = Schemas["ApiKey"];

/** The keys with which programs use the account: made, looked at, revoked. For administrators. */
export function ApiKeysPage() {
  const isAdministrator = useIsAdministrator();
  const keys = useQuery({ ...apiKeysQuery, enabled: isAdministrator });
  const place = here(useNow());
  const [isCreating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<ApiKey | null>(null);
  const items = keys.data?.items ?? [];
  const unseen = (keys.data?.total ?? 0) - items.length;
  const create = (
    <Button variant="primary" onClick={() => setCreating(true)}>
      <Plus aria-hidden /> Create key
    </Button>
  );

  return (
    <>
      <PageHeader
        title="API keys"
        description={
          <>
            Programs use this account with a key.{" "}
            <a href="/docs" className="font-medium text-ink underline underline-offset-2">
              API reference
            </a>
          </>
        }
      >
        {isAdministrator && create}
      </PageHeader>
      <section aria-label="API keys" className="overflow-clip rounded-2xl border bg-surface shadow-card">
        {!isAdministrator ? (
          <Empty icon={Lock} title="Keys are for administrators">
            A key may do all that an administrator may, so only administrators see, create and revoke them.
            Ask yours for one.
          </Empty>
        ) : keys.isError && keys.data === undefined ? (
          <Failure reason={keys.error} onRetry={() => keys.refetch()} />
        ) : keys.isPending ? (
          <Waiting />
        ) : items.length === 0 ? (
          <Empty icon={KeyRound} title="No key yet" action={create}>
            With a key your own programs create campaigns, follow them live and read their results. What they
            can do is in the API reference.
          </Empty>
        ) : (
          <>
            <div
              aria-hidden
              className="hidden gap-4 border-b px-5 py-2.5 text-xs font-medium text-muted md:flex"
            >
              <span className="flex-1">Name</span>
              <span className="w-40">Key</span>
              <span className="w-44">Created</span>
              <span className="w-36">Last used</span>
              <span className="w-24" />
            </div>
            <ul>
              {items.map((key) => (
                <ApiKeyRow key={key.id} apiKey={key} place={place} onRevoke={() => setLeaving(key)} />
              ))}
            </ul>
          </>
        )}
        {unseen > 0 && (
          <p className="border-t px-5 py-3 text-xs text-muted">
            {count(unseen)} older ones are not shown. Revoke what nobody uses.
          </p>
        )}
      </section>
      <CreateKeyDialog open={isCreating} onOpenChange={setCreating} />
      <RevokeKeyDialog apiKey={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

function Waiting() {
  return (
    <div>
      <Loading>Loading the keys</Loading>
      <div className="h-9.25 border-b max-md:hidden" />
      {["first", "second", "third"].map((row) => (
        <div key={row} className="flex h-16 items-center gap-4 border-b px-5 last:border-b-0">
          <div className="flex-1">
            <Skeleton className="h-4 w-40 max-w-full" />
          </div>
          <Skeleton className="h-4 w-28" />
          <Skeleton className="h-4 w-40 max-md:hidden" />
          <Skeleton className="h-4 w-28 max-md:hidden" />
          <div className="w-24 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
