/** The fields of whoever signs in, or signs up as the first. */

import { useForm } from "react-hook-form";
import { ApiProblem } from "@/api/client";
import { Button } from "@/ui/button";
import { Field, FieldError, Input } from "@/ui/field";
import { sentence } from "@/ui/states";

export type Credentials = { email: string; password: string; account_name: string };

type CredentialsFormProps = {
  submit: string;
  /** Asks for the account's name, and makes a new password. */
  isNew?: boolean;
  email?: string;
  onSubmit: (credentials: Credentials) => Promise<unknown>;
};

export function CredentialsForm({ submit, isNew = false, email = "", onSubmit }: CredentialsFormProps) {
  const form = useForm<Credentials>({ defaultValues: { email, password: "", account_name: "" } });
  const { errors, isSubmitting } = form.formState;

  async function send(credentials: Credentials) {
    try {
      await onSubmit(credentials);
    } catch (reason) {
      const fields = reason instanceof ApiProblem ? reason.fields : [];
      for (const { pointer, detail } of fields) {
        const name = pointer.slice(1);
        if (name === "email" || name === "password" || name === "account_name")
          form.setError(name, { message: detail });
      }
      if (fields.length === 0) form.setError("root", { message: sentence(reason) });
    }
  }

  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={form.handleSubmit(send)}>
      {isNew && (
        <Field
          label="Account"
          hint="Your company's or your team's name."
          error={errors.account_name?.message}
        >
          {(wiring) => (
            <Input
              {...wiring}
              {...form.register("account_name", { required: "Say what the account is called." })}
              autoComplete="organization"
            />
          )}
        </Field>
      )}
      <Field label="E-mail" error={errors.email?.message}>
        {(wiring) => (
          <Input
            {...wiring}
            {...form.register("email", {
              required: "Enter your e-mail address.",
              pattern: {
                value: /^\s*\S+@\S+\s*$/,
                message: "Enter the whole address, such as ada@example.com.",
              },
            })}
            type="email"
            autoComplete="username"
          />
        )}
      </Field>
      <Field
        label="Password"
        error={errors.password?.message}
        {...(isNew ? { hint: "At least 12 characters; a sentence is easy to remember." } : {})}
      >
        {(wiring) => (
          <Input
            {...wiring}
            {...form.register("password", {
              required: isNew ? "Choose a password." : "Enter your password.",
              ...(isNew && {
                minLength: { value: 12, message: "The password needs at least 12 characters." },
              }),
            })}
            type="password"
            {...(email !== "" && { "data-first": true })} // the address is known
            autoComplete={isNew ? "new-password" : "current-password"}
          />
        )}
      </Field>
      {errors.root?.message && <FieldError>{errors.root.message}</FieldError>}
      <Button type="submit" variant="primary" busy={isSubmitting}>
        {submit}
      </Button>
    </form>
  );
}
