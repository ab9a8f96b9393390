import { useQuery } from "@tanstack/react-query";
import { FileSpreadsheet, Keyboard } from "lucide-react";
import { useEffect, useMemo } from "react";
import { FormProvider, useForm, useWatch } from "react-hook-form";
import { importQuery, preflightQuery } from "@/api/queries";
import { FileField } from "@/create-campaign/file-field";
import { readingOf } from "@/create-campaign/form";
import { Country } from "@/create-campaign/people-fields";
import { TypedNumbers } from "@/create-campaign/typed-numbers";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, FieldError, Input } from "@/ui/field";
import { Toggle } from "@/ui/toggle";
import { useSettled } from "@/ui/use-settled";
import { counted } from "@/words/amounts";
import { type AddDraft, blankDraft, checkOf, LONGEST_NOTE } from "./form";
import { NumbersOfFile } from "./numbers-of-file";
import { useAdd } from "./use-add";

/** Milliseconds without a key pressed before the API is asked. */
const PAUSE = 350;

type AddDialogProps = {
  /** Whether a file is wanted. Null: it is closed, and keeps what was typed. */
  open: AddDraft["source"] | null;
  onClose: () => void;
};

/** Numbers to put on the list: typed, pasted, or those of a file. */
export function AddDialog({ open, onClose }: AddDialogProps) {
  const form = useForm<AddDraft>({ defaultValues: blankDraft() });
  const draft = useWatch({ control: form.control }) as AddDraft;
  const asked = useMemo(() => checkOf(draft), [draft]);
  const settled = useSettled(asked, PAUSE);
  const check = useQuery(preflightQuery(asked && settled));
  const analysis = useQuery(importQuery(draft.file && readingOf(draft.file, draft.country)));
  const isCurrent = JSON.stringify(asked) === JSON.stringify(settled) && !check.isPlaceholderData;
  const add = useAdd(form, () => {
    form.reset(blankDraft());
    onClose();
  });
  const { errors, isSubmitting } = form.formState;
  const known =
    draft.source === "file" ? analysis.data?.contacts : isCurrent ? check.data?.contacts : undefined;
  const isKnown =
    known !== undefined && known > 0 && (draft.source === "typed" ? asked : draft.file) !== null;
  const listed = asked && isCurrent ? (check.data?.skipped.do_not_call ?? 0) : 0;

  useEffect(() => {
    if (open === "file") form.setValue("source", open); // else it is as somebody left it
  }, [open, form]);

  return (
    <Dialog
      open={open !== null}
      onOpenChange={(wanted) => !wanted && onClose()}
      keepOpenOutside
      title="Add numbers"
      description="From then on no campaign calls them, those that run now among them."
      className="sm:w-[min(92vw,38rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" form="add-do-not-call" variant="primary" busy={isSubmitting}>
            {isKnown ? `Add ${counted(known, "number")}` : "Add numbers"}
          </Button>
        </div>
      }
    >
      <FormProvider {...form}>
        <form
          id="add-do-not-call"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            form.clearErrors();
            void form.handleSubmit(add)(event);
          }}
        >
          <Toggle
            label="Where the numbers come from"
            value={draft.source}
            onChange={(chosen) => {
              form.setValue("source", chosen);
              form.clearErrors();
            }}
            choices={[
              { value: "typed", label: "Type numbers", icon: Keyboard },
              { value: "file", label: "Upload a file", icon: FileSpreadsheet },
            ]}
          />
          {draft.source === "typed" ? (
            <div className="flex flex-col gap-3">
              <TypedNumbers forecast={check} isCurrent={isCurrent} />
              {listed > 0 && (
                <p className="text-sm text-muted">
                  {counted(listed, "of them is", "of them are")} on the list already.
                </p>
              )}
              <Country />
            </div>
          ) : (
            <div className="flex flex-col gap-3">
              <Country />
              <FileField analysis={analysis} Contents={NumbersOfFile} />
            </div>
          )}
          <Field label="Note" hint="How you know. It is kept with each number." error={errors.note?.message}>
            {(wiring) => (
              <Input
                {...wiring}
                {...form.register("note")}
                maxLength={LONGEST_NOTE}
                autoComplete="off"
                placeholder={
                  draft.source === "file" ? (draft.file?.filename ?? "Robinson list") : "Asked by e-mail"
                }
              />
            )}
          </Field>
          {errors.root?.message && <FieldError>{errors.root.message}</FieldError>}
        </form>
      </FormProvider>
    </Dialog>
  );
}
