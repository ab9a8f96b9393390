import { CircleCheck, TriangleAlert } from "lucide-react";
import type { Schemas } from "@/api/client";
import { RejectedList } from "@/create-campaign/rejected-list";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { counted } from "@/words/amounts";
import { editedWords } from "@/words/edit";
import { quoted } from "@/words/quoted";

/** What came of an edit where that is more than what was meant: numbers left out, numbers that stay, placeholders without a value. */
export function EditResult({ edited, onClose }: { edited: Schemas["CampaignEdited"]; onClose: () => void }) {
  const { kept } = edited.list_edited;
  const said = editedWords(edited);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${quoted(edited.name)} is saved`}
      footer={
        <div className="flex justify-end">
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        <ul className="flex flex-col gap-1">
          {(said.length > 0 ? said : ["It was so before."]).map((each) => (
            <li key={each} className="flex items-start gap-2">
              <CircleCheck className="mt-0.5 size-4 shrink-0 text-green" aria-hidden />
              {each}
            </li>
          ))}
        </ul>
        {kept.count > 0 && (
          <section aria-label="Kept on the list">
            <h3 className="font-medium">{counted(kept.count, "number")} could not be removed</h3>
            <ul className="mt-1 max-h-44 overflow-y-auto text-xs">
              {kept.items.map((each) => (
                <li key={each.phone} className="py-1">
                  <span className="font-mono">{each.phone}</span>
                  <span className="text-muted">: {each.reason}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <RejectedList
          rejected={edited.rejected}
          place="Entry"
          isDone
          download={`/api/campaigns/${edited.id}/rejected/download`}
        />
        {edited.warnings.map((warning) => (
          <p key={warning.placeholder} className="flex items-start gap-2 text-warning">
            <TriangleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
            {warning.detail}
          </p>
        ))}
      </div>
    </Dialog>
  );
}
