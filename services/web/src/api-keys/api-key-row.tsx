import type { Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { exactMoment, fromNow, moment, type Place } from "@/words/moments";

type ApiKeyRowProps = { apiKey: Schemas["ApiKey"]; place: Place; onRevoke: () => void };

export function ApiKeyRow({ apiKey, place, onRevoke }: ApiKeyRowProps) {
  const { name, prefix, created_at: created, last_used_at: used } = apiKey;
  return (
    <li className="flex min-h-16 flex-wrap items-center gap-x-4 gap-y-1 border-b px-5 py-3 last:border-b-0 md:flex-nowrap">
      <span className="min-w-0 flex-1 truncate text-sm font-medium" title={name}>
        {name}
      </span>
      <code className="w-40 truncate font-mono text-xs text-muted max-md:w-auto">{prefix}…</code>
      <p className="w-44 text-sm max-md:w-full max-md:text-xs max-md:text-muted">
        <span className="md:sr-only">Created </span>
        <time dateTime={created} title={exactMoment(created, place)} className="tabular-nums">
          {moment(created, place)}
        </time>
      </p>
      <p className="w-36 text-sm max-md:flex-1 max-md:text-xs max-md:text-muted">
        <span className="md:sr-only">Last used </span>
        {used === null ? (
          <span className="text-muted">never</span>
        ) : (
          <time dateTime={used} title={exactMoment(used, place)}>
            {usedWhen(used, place)}
          </time>
        )}
      </p>
      <span className="flex w-24 justify-end">
        <Button variant="danger" size="small" onClick={onRevoke} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      </span>
    </li>
  );
}

/** "2 hours ago". The API knows it to the minute. */
function usedWhen(used: string, place: Place): string {
  return place.now - Date.parse(used) < 120_000 ? "just now" : fromNow(used, place);
}
