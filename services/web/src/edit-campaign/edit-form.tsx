import { zodResolver } from "@hookform/resolvers/zod";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import type { Campaign, Schemas } from "@/api/client";
import { meQuery } from "@/api/queries";
import { CampaignForm } from "@/create-campaign/campaign-form";
import { Restored } from "@/create-campaign/create-form";
import { forgetEdit, keepEdit, keptEdit } from "@/create-campaign/draft";
import { type Draft, editSchema } from "@/create-campaign/form";
import { quoted } from "@/words/quoted";
import { ChangedMeanwhile } from "./changed-meanwhile";
import { draftOf, isChanged, type Rebased, rebased, withTheirs } from "./edit";
import { EditResult } from "./edit-result";
import { isEditable } from "./editable";
import { NotEditable } from "./not-editable";
import type { Seen } from "./patch";
import { SubmitEdit } from "./submit-edit";
import { useEdit } from "./use-edit";

type EditFormProps = {
  /** Whose edit it is. */
  owner: string;
  /** What is edited: the state for which the edit is meant. */
  seen: Seen;
  /** The campaign as live events tell. */
  live: Campaign | undefined;
  /** The first of those whom it will call. */
  sample: Schemas["ImportContact"][] | undefined;
  /** Somebody came to put people on its list. */
  isAdding: boolean;
  onSeen: (seen: Seen) => void;
  onClose: () => void;
};

export function EditForm({ owner, seen, live, sample, isAdding, onSeen, onClose }: EditFormProps) {
  const { id } = seen.campaign;
  const before = useMemo(() => draftOf(seen.campaign), [seen]);
  const [kept] = useState(() => keptEdit(owner, id));
  const [isRestored, setRestored] = useState(kept !== null);
  const [meanwhile, setMeanwhile] = useState<Rebased | null>(() =>
    kept ? quarrel(rebased(kept.before, before, kept.draft)) : null,
  );
  const [start] = useState(() => {
    const draft = kept ? rebased(kept.before, before, kept.draft).draft : before;
    return isAdding && draft.list === "keep" ? { ...draft, list: "add" as const } : draft;
  });
  const hasNoCallerId = useQuery(meQuery).data?.account.caller_id === null;
  const form = useForm<Draft>({
    defaultValues: before,
    values: start,
    resetOptions: { keepDefaultValues: true },
    resolver: (values, context, options) =>
      zodResolver(editSchema(before, hasNoCallerId))(values, context, options),
  });
  const draft = useWatch({ control: form.control }) as Draft;
  const isDone = useRef(false);
  const isTyped = isChanged(before, draft);
  const [result, setResult] = useState<Schemas["CampaignEdited"] | null>(null);

  const edit = useEdit(form, seen, before, {
    onSaved: (saved, hasRemarks) => {
      isDone.current = true;
      forgetEdit(owner, id);
      if (hasRemarks) setResult(saved);
      else onClose();
    },
    onMeanwhile: (newer, found) => {
      onSeen(newer);
      setMeanwhile(found);
      form.reset(found.draft, { keepDefaultValues: true });
    },
  });

  useEffect(() => {
    if (isDone.current) return;
    if (isTyped) keepEdit(owner, id, { draft, before });
    else forgetEdit(owner, id);
  }, [owner, id, draft, before, isTyped]);

  function close() {
    if (isTyped && !isDone.current) toast("Your changes are not saved. They are kept until you come back.");
    onClose();
  }

  function startOver() {
    form.reset(before);
    setRestored(false);
    setMeanwhile(null);
  }

  if (result !== null) return <EditResult edited={result} onClose={onClose} />;
  const current = live ?? seen.campaign;
  const { progress, started_at, contact_fields } = seen.campaign;
  return (
    <CampaignForm
      form={form}
      title={`Edit ${quoted(seen.campaign.name)}`}
      description={
        seen.campaign.status === "paused"
          ? "Nothing changes until you save. It stays paused until you resume it."
          : "Nothing changes until you save."
      }
      edited={{
        id,
        status: seen.campaign.status === "paused" ? "paused" : "scheduled",
        hasBegun: started_at !== null,
        total: progress.total,
        waiting: progress.waiting,
        fields: contact_fields,
        sample,
      }}
      notice={
        (isRestored || meanwhile || !isEditable(current)) && (
          <>
            {!isEditable(current) && <NotEditable campaign={current} onPaused={edit.reread} />}
            {meanwhile && (
              <ChangedMeanwhile
                found={meanwhile}
                theirs={before}
                onTheirs={(name) => {
                  form.reset(withTheirs(form.getValues(), before, name), { keepDefaultValues: true });
                  setMeanwhile({
                    ...meanwhile,
                    contested: meanwhile.contested.filter((each) => each !== name),
                    taken: [...meanwhile.taken, name],
                  });
                }}
              />
            )}
            {isRestored && <Restored onStartOver={startOver} />}
          </>
        )
      }
      footer={(thought) => (
        <SubmitEdit {...thought} before={before} problems={edit.problems} onClose={close} />
      )}
      onSubmit={edit.send}
      onRefused={edit.refused}
      onClose={close}
    />
  );
}

/** Only what somebody has to know of. */
function quarrel(found: Rebased): Rebased | null {
  return found.taken.length + found.contested.length > 0 ? found : null;
}
