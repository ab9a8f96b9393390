import type { ComponentProps } from "react";
import type { Campaign } from "@/api/client";
import { useStored } from "@/api/store";
import { chosen, tick, tickAll } from "./chosen";

/** Chooses a campaign; with Shift, all from the one chosen before. */
export function TickBox({ campaign, list }: { campaign: Campaign; list: () => readonly string[] }) {
  const isTicked = useStored(chosen).has(campaign.id);
  return (
    <Box
      label={`Choose ${campaign.name}`}
      checked={isTicked}
      onClick={(event) => tick(campaign.id, !isTicked, event.shiftKey ? list() : undefined)}
    />
  );
}

/** Chooses all campaigns that are loaded, or none. */
export function TickAllBox({ ids }: { ids: readonly string[] }) {
  const ticked = useStored(chosen);
  const areAll = ids.length > 0 && ids.every((id) => ticked.has(id));
  const areSome = !areAll && ids.some((id) => ticked.has(id));
  return (
    <Box
      label="Choose all"
      checked={areAll}
      ref={(element) => {
        if (element !== null) element.indeterminate = areSome;
      }}
      onClick={() => tickAll(ids, !areAll)}
    />
  );
}

/** The place around it can be pressed, too: on a phone, a finger is larger than the box. */
function Box({ label, ...rest }: { label: string } & ComponentProps<"input">) {
  return (
    <label className="relative z-1 -m-3 flex cursor-pointer p-3">
      <input
        type="checkbox"
        aria-label={label}
        className="size-4 cursor-pointer accent-accent"
        onChange={() => undefined} // a click says more: whether Shift was held
        {...rest}
      />
    </label>
  );
}
