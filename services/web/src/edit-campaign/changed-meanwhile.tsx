import { GitCompareArrows } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Draft } from "@/create-campaign/form";
import { Button } from "@/ui/button";
import { Notice } from "@/ui/notice";
import { namesOf, valueWords } from "@/words/edit";
import type { Rebased } from "./edit";

type ChangedMeanwhileProps = {
  found: Rebased;
  theirs: Draft;
  /** Somebody wants one thing as others have it. */
  onTheirs: (name: keyof Draft) => void;
};

/** Says what others changed while somebody typed: what they did not touch is taken over, the rest is theirs to choose. */
export function ChangedMeanwhile({ found, theirs, onTheirs }: ChangedMeanwhileProps) {
  const { contested, taken } = found;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "center" });
  }, []); // whoever saved it stands far below
  return (
    <Notice tone="warning" icon={GitCompareArrows}>
      <div role="status" ref={place}>
        <p className="font-semibold">The campaign was changed meanwhile. Nothing you typed is lost.</p>
        <p className="text-ink">
          {taken.length > 0 && `Shown as it is now: ${namesOf(taken, false)}. `}
          {contested.length > 0
            ? "What you both changed is as you typed it:"
            : "Look at it again, then save your changes."}
        </p>
        {contested.length > 0 && (
          <ul className="mt-2 flex flex-col gap-2 text-ink">
            {contested.map((name) => (
              <li key={name} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1.5">
                <p className="min-w-0 flex-1 basis-60">
                  <span className="inline-block font-medium first-letter:uppercase">
                    {namesOf([name], false)}
                  </span>{" "}
                  <span className="text-muted">is now</span>{" "}
                  <span className="line-clamp-3">{valueWords(theirs, name)}</span>
                </p>
                <Button size="small" onClick={() => onTheirs(name)}>
                  Use this
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Notice>
  );
}
