/** What can be done with somebody on a campaign's list: take them off it. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, UserMinus } from "lucide-react";
import { createContext, useContext, useState } from "react";
import { toast } from "sonner";
import type { Campaign, Schemas } from "@/api/client";
import { merge } from "@/api/live";
import { isEditable } from "@/edit-campaign/editable";
import { patchCampaign } from "@/edit-campaign/patch";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Menu, MenuItem } from "@/ui/menu";
import { sentence } from "@/ui/states";
import { editedWords } from "@/words/edit";

type Contact = Schemas["Contact"];

/** Milliseconds to change one's mind. */
const UNDO = 8_000;

/** The campaign whose list it is: rows are drawn once, and its status changes. */
export const ListOf = createContext<Campaign | null>(null);

export function ContactActions({ contact }: { contact: Contact }) {
  const campaign = useContext(ListOf);
  const [isAsked, setAsked] = useState(false);
  const edit = useEditList(campaign);
  if (campaign === null || !isEditable(campaign) || contact.status !== "waiting") return null;
  // Who was never called can be put back; who was called keeps their calls, and has no other.
  const wasCalled = contact.attempts > 0;
  return (
    <>
      <Menu
        trigger={
          <Button variant="quiet" size="icon" aria-label={`Actions for ${contact.phone}`}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem
          icon={UserMinus}
          danger
          onSelect={() => (wasCalled ? setAsked(true) : edit.mutate({ remove: contact }))}
        >
          Remove from the list
        </MenuItem>
      </Menu>
      {isAsked && (
        <Dialog
          open
          onOpenChange={setAsked}
          title={`Call ${contact.phone} no more?`}
          className="sm:w-[min(92vw,28rem)]"
          footer={
            <div className="flex justify-end gap-2">
              <Button onClick={() => setAsked(false)}>Keep them</Button>
              <Button
                variant="danger"
                onClick={() => {
                  edit.mutate({ remove: contact });
                  setAsked(false);
                }}
              >
                Call them no more
              </Button>
            </div>
          }
        >
          <p className="text-sm">
            They were called before and wait for another call. This campaign does not call them again; the
            calls there were stay on record. It cannot be undone.
          </p>
        </Dialog>
      )}
    </>
  );
}

type Change = { remove: Contact } | { add: Contact };

/** Takes one person off the list, or puts them back: whatever else is changed meanwhile, it is the same wish. */
function useEditList(campaign: Campaign | null) {
  const client = useQueryClient();
  const edit = useMutation({
    mutationFn: (change: Change) => {
      const contacts =
        "remove" in change
          ? { remove: [change.remove.phone] }
          : {
              add: {
                contacts: [{ phone: change.add.phone, name: change.add.name, fields: change.add.fields }],
              },
            };
      return patchCampaign(campaign?.id ?? "", "*", { contacts });
    },
    onSuccess: (edited, change) => {
      merge(client, edited);
      void client.invalidateQueries({ queryKey: ["campaign", edited.id] });
      const { removed, kept } = edited.list_edited;
      if ("add" in change) toast(`${change.add.phone} is on the list again.`);
      else if (kept.count > 0)
        toast.error(`${change.remove.phone} stays on the list.`, {
          description: kept.items.map(({ reason }) => reason).join(" "),
        });
      else if (removed > 0)
        toast(`${change.remove.phone} is off the list.`, {
          duration: UNDO,
          action: { label: "Undo", onClick: () => edit.mutate({ add: change.remove }) },
        });
      else toast(`${change.remove.phone}: ${editedWords(edited).join(" ")}`);
    },
    onError: (reason) => toast.error(sentence(reason)),
  });
  return edit;
}
