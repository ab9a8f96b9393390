import { TriangleAlert } from "lucide-react";
import type { Schemas } from "@/api/client";
import { CopyButton } from "@/ui/copy-button";

/** A key that was just made, to be kept now, and a first thing to do with it. */
export function NewKey({ created }: { created: Schemas["ApiKeyCreated"] }) {
  const { key } = created;
  if (key === null) {
    return (
      <p className="text-sm">
        The key was created, but the answer that held it was lost on its way. Nobody can read it any more:
        revoke it and create another.
      </p>
    );
  }
  const example = `curl ${location.origin}/api/campaigns -H "Authorization: Bearer ${key}"`;
  return (
    <div className="flex flex-col gap-5">
      <p className="flex items-start gap-2.5 rounded-xl border border-warning/30 bg-warning-soft px-4 py-3 text-sm text-warning">
        <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span>
          <strong className="font-semibold">Copy it now. It is shown only this once.</strong> Belltower does
          not store it, and whoever has it can act for this account.
        </span>
      </p>
      <Copied label="Key" text={key} />
      <Copied label="Try it: list the campaigns" text={example} />
    </div>
  );
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <p className="mb-1.5 text-sm font-medium">{label}</p>
      <div className="flex items-start gap-2 rounded-lg border bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 self-center py-1 font-mono text-xs leading-relaxed [overflow-wrap:anywhere]">
          {text}
        </code>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </div>
    </div>
  );
}
