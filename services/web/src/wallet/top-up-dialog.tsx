import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { ApiProblem, answered, api, newIdempotencyKey, type Wallet } from "@/api/client";
import { sessionQuery, walletEntriesQuery, walletQuery } from "@/api/queries";
import { hasDraft } from "@/create-campaign/draft";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, FieldError, Input } from "@/ui/field";
import { sentence } from "@/ui/states";
import { money } from "@/words/amounts";
import { amountFault, amountOf } from "@/words/ledger";

type TopUp = { amount: string; note: string };

const EMPTY: TopUp = { amount: "", note: "" };

type TopUpDialogProps = { wallet: Wallet; open: boolean; onOpenChange: (open: boolean) => void };

/** Puts credit into the wallet. What was typed stays when the dialog is closed without sending it. */
export function TopUpDialog({ wallet, open, onOpenChange }: TopUpDialogProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const owner = useQuery(sessionQuery).data?.user?.email ?? "";
  const form = useForm<TopUp>({ defaultValues: EMPTY });
  const { errors } = form.formState;
  const [key, setKey] = useState(newIdempotencyKey);
  const add = useMutation({
    mutationFn: ({ amount, note }: TopUp) =>
      answered(
        api.POST("/api/wallet/top-ups", {
          params: { header: { "Idempotency-Key": key } },
          body: { amount: amountOf(amount), note: note.trim() || null },
        }),
      ),
    onSuccess: async (entry) => {
      toast.success(`${money(entry.amount, entry.currency)} was added to the wallet.`, {
        ...(hasDraft(owner) && {
          action: {
            label: "Back to your campaign",
            onClick: () => void navigate({ to: "/campaigns", search: { create: true } }),
          },
        }),
      });
      onOpenChange(false);
      form.reset(EMPTY);
      setKey(newIdempotencyKey());
      await Promise.all([
        client.invalidateQueries({ queryKey: walletQuery.queryKey }),
        client.resetQueries({ queryKey: walletEntriesQuery.queryKey }),
      ]);
    },
    onError: (reason) => {
      const fields = reason instanceof ApiProblem ? reason.fields : [];
      for (const { pointer, detail } of fields) {
        const name = pointer.slice(1);
        if (name === "amount" || name === "note") form.setError(name, { message: detail });
      }
      if (fields.length === 0) form.setError("root", { message: sentence(reason) });
    },
  });
  const changed = { onChange: () => setKey(newIdempotencyKey()) };

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      keepOpenOutside
      title="Top up the wallet"
      description="This books credit in Belltower. It charges no card and moves no money at a bank."
      className="sm:w-[min(92vw,28rem)]"
      footer={
        <div className="flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button type="submit" form="top-up" variant="primary" busy={add.isPending}>
            Add credit
          </Button>
        </div>
      }
    >
      <form
        id="top-up"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={form.handleSubmit((given) => add.mutate(given))}
      >
        <Field
          label={`Amount in ${wallet.currency}`}
          hint={`The balance is ${money(wallet.balance, wallet.currency)}.`}
          error={errors.amount?.message}
        >
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register("amount", { ...changed, validate: (text) => amountFault(text) ?? true })}
              inputMode="decimal"
              autoComplete="off"
              placeholder="250.00"
            />
          )}
        </Field>
        <Field
          label="Note"
          aside="optional"
          hint="Stands beside the entry: an invoice's number, a reason."
          error={errors.note?.message}
        >
          {(wiring) => (
            <Input {...wiring} {...form.register("note", changed)} maxLength={200} autoComplete="off" />
          )}
        </Field>
        {errors.root?.message && <FieldError>{errors.root.message}</FieldError>}
      </form>
    </Dialog>
  );
}
