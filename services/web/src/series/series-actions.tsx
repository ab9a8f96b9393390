import { Ellipsis, Eye, Pause, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import type { Series } from "@/words/series";
import { ConfirmDelete } from "./confirm-delete";
import { usePauseSeries } from "./use-series";

type SeriesActionsProps = { series: Series; onOpen: () => void };

/** What can be done with a series from the list. */
export function SeriesActions({ series, onOpen }: SeriesActionsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const pause = usePauseSeries();
  return (
    <>
      <Menu
        trigger={
          <Button
            variant="quiet"
            size="icon"
            className="relative z-1"
            disabled={pause.isPending}
            aria-label={`Actions for ${series.name}`}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={Eye} onSelect={onOpen}>
          Open
        </MenuItem>
        {series.status !== "ended" && (
          <MenuItem icon={series.status === "paused" ? Play : Pause} onSelect={() => pause.mutate(series)}>
            {series.status === "paused" ? "Resume" : "Pause"}
          </MenuItem>
        )}
        <MenuItem icon={Trash2} danger onSelect={() => setDeleting(true)}>
          Delete
        </MenuItem>
      </Menu>
      {isDeleting && <ConfirmDelete series={series} onClose={() => setDeleting(false)} />}
    </>
  );
}
