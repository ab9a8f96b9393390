import type { UseQueryResult } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { ApiProblem, type Schemas } from "@/api/client";
import { Button } from "@/ui/button";
import { problemsSaid } from "@/words/campaign-problems";
import { partsOf } from "@/words/placeholders";
import type { Draft } from "./form";
import { Section } from "./section";

type MessagePreviewProps = {
  preview: UseQueryResult<Schemas["RenderedMessages"]>;
  /** What contacts lack, of all that are listed. */
  warnings: readonly Schemas["MessageWarning"][];
  /** Whether there is somebody to preview it for, and something to say. */
  isAsked: boolean;
  index: number;
  onIndex: (index: number) => void;
};

/** What one of the first people would hear; until there is somebody, the message with its placeholders marked. */
export function MessagePreview({ preview, warnings, isAsked, index, onIndex }: MessagePreviewProps) {
  const { control } = useFormContext<Draft>();
  const message = useWatch({ control, name: "message" });
  const items = isAsked ? (preview.data?.items ?? []) : [];
  const shown = items[Math.min(index, items.length - 1)];
  return (
    <Section
      title="Preview"
      aside={
        items.length > 1 && (
          <span className="-my-2 flex items-center gap-1">
            <Button
              variant="quiet"
              size="icon"
              className="size-8"
              aria-label="The person before"
              disabled={index <= 0}
              onClick={() => onIndex(index - 1)}
            >
              <ChevronLeft aria-hidden />
            </Button>
            <span className="tabular-nums">
              {Math.min(index, items.length - 1) + 1} of {items.length}
            </span>
            <Button
              variant="quiet"
              size="icon"
              className="size-8"
              aria-label="The next person"
              disabled={index >= items.length - 1}
              onClick={() => onIndex(index + 1)}
            >
              <ChevronRight aria-hidden />
            </Button>
          </span>
        )
      }
    >
      <div aria-live="polite" className="min-h-24 rounded-xl rounded-tl-sm bg-sunken px-3.5 py-3 text-sm">
        <p className="mb-1 text-xs text-muted">
          {shown ? (
            <>
              {shown.name && (
                <>
                  <bdi>{shown.name}</bdi>,{" "}
                </>
              )}
              <span className="font-mono">{shown.phone}</span> hears
            </>
          ) : (
            "What people hear"
          )}
        </p>
        {shown ? (
          <Spoken>{shown.message}</Spoken>
        ) : message.trim() === "" ? (
          <p className="text-muted">Write the message, and see here what each person hears.</p>
        ) : (
          <Spoken>
            {partsOf(message).map(({ text, isPlaceholder }, place) =>
              isPlaceholder ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity
                <mark key={place} className="rounded bg-blue-soft px-1 font-mono text-xs text-blue">
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </Spoken>
        )}
      </div>
      {isAsked && isRefused(preview.error) && <Warning>{problemsSaid(preview.error)[0]?.message}</Warning>}
      {isAsked && warnings.map((warning) => <Warning key={warning.placeholder}>{warning.detail}</Warning>)}
    </Section>
  );
}

/** A message of any length and direction. */
function Spoken({ children }: { children: ReactNode }) {
  return (
    <p
      dir="auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard
      tabIndex={0}
      className="max-h-52 overflow-y-auto rounded-sm leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]"
    >
      {children}
    </p>
  );
}

/** Whether the message itself is wrong. That there was no answer is said beside the button. */
function isRefused(reason: unknown): boolean {
  return reason instanceof ApiProblem && reason.status === 400;
}

function Warning({ children }: { children: string | undefined }) {
  return (
    <p className="flex items-start gap-1.5 text-xs font-medium text-warning">
      <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </p>
  );
}
