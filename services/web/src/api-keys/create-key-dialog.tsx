import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { ApiProblem, answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { apiKeysQuery } from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field, FieldError, Input } from "@/ui/field";
import { sentence } from "@/ui/states";
import { quoted } from "@/words/quoted";
import { NewKey } from "./new-key";

type CreateKeyDialogProps = { open: boolean; onOpenChange: (open: boolean) => void };

/** Names a key, and shows it the one time that it can be shown. */
export function CreateKeyDialog({ open, onOpenChange }: CreateKeyDialogProps) {
  const client = useQueryClient();
  const form = useForm<{ name: string }>({ defaultValues: { name: "" } });
  const { errors } = form.formState;
  const [attempt, setAttempt] = useState(newIdempotencyKey);
  const [created, setCreated] = useState<Schemas["ApiKeyCreated"] | null>(null);
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      answered(
        api.POST("/api/api-keys", {
          params: { header: { "Idempotency-Key": attempt } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: async (made) => {
      setCreated(made);
      form.reset({ name: "" });
      setAttempt(newIdempotencyKey());
      await client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
    },
    onError: (reason) => {
      const field =
        reason instanceof ApiProblem ? reason.fields.find((each) => each.pointer === "/name") : null;
      if (field) form.setError("name", { message: field.detail });
      else form.setError("root", { message: sentence(reason) });
    },
  });

  function close() {
    onOpenChange(false);
    setCreated(null);
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => (wanted ? onOpenChange(true) : close())}
      keepOpenOutside
      title={created ? "Your new key" : "Create an API key"}
      description={
        created
          ? `For ${quoted(created.name)}.`
          : "It may do all that an administrator of this account may: call people, spend credit, make keys."
      }
      footer={
        created ? (
          <div key="created" className="flex justify-end">
            <Button variant="primary" onClick={close}>
              I have kept it
            </Button>
          </div>
        ) : (
          <div key="asked" className="flex justify-end gap-2">
            <Button onClick={close}>Close</Button>
            <Button type="submit" form="create-key" variant="primary" busy={create.isPending}>
              Create key
            </Button>
          </div>
        )
      }
    >
      {created ? (
        <NewKey created={created} />
      ) : (
        <form
          id="create-key"
          noValidate
          className="flex flex-col gap-4"
          onSubmit={form.handleSubmit((given) => create.mutate(given))}
        >
          <Field
            label="Name"
            hint="What uses it. You will know by it which key to revoke."
            error={errors.name?.message}
          >
            {(wiring) => (
              <Input
                {...wiring}
                {...form.register("name", {
                  validate: (text) => text.trim() !== "" || "Give the key a name.",
                  onChange: () => setAttempt(newIdempotencyKey()),
                })}
                maxLength={200}
                autoComplete="off"
                placeholder="Nightly import"
              />
            )}
          </Field>
          {errors.root?.message && <FieldError>{errors.root.message}</FieldError>}
        </form>
      )}
    </Dialog>
  );
}
