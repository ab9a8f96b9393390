/** "Call me first": one number hears the message before everybody does. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PhoneCall } from "lucide-react";
import { useRef, useState } from "react";
import { useFormContext } from "react-hook-form";
import { answered, api, newIdempotencyKey, type Schemas } from "@/api/client";
import { noticeEndOfSession, testCallQuery } from "@/api/queries";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { problemsSaid } from "@/words/campaign-problems";
import { testCallWords } from "@/words/test-call";
import type { Attempt } from "./draft";
import { callerOf, type Draft, isSayable, MOST_FIELDS, speechOf } from "./form";
import { Section } from "./section";

type TestCallProps = {
  /** Whether the account has no number of its own to show. */
  needsCallerId: boolean;
  /** For whom the message is rendered: whoever the preview shows. */
  person: { name: string | null; fields: Record<string, string> } | undefined;
};

export function TestCall({ needsCallerId, person }: TestCallProps) {
  const { getValues, setError, setFocus } = useFormContext<Draft>();
  const client = useQueryClient();
  const [phone, setPhone] = useState("");
  const [problem, setProblem] = useState<string>();
  const [id, setId] = useState<string | null>(null);
  const attempt = useRef<Attempt | null>(null);
  const { data: test } = useQuery(testCallQuery(id));
  const said = test && testCallWords(test);

  const ring = useMutation({
    mutationFn: (body: Schemas["TestCallCreate"]) => {
      const text = JSON.stringify(body);
      if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() };
      const header = { "Idempotency-Key": attempt.current.key };
      return answered(api.POST("/api/test-calls", { body, params: { header } }));
    },
    onSuccess: (made) => {
      attempt.current = null;
      client.setQueryData(testCallQuery(made.id).queryKey, made);
      setId(made.id);
      void client.invalidateQueries({ queryKey: testCallQuery(made.id).queryKey }); // news that came before we listened
    },
    onError: (reason) => {
      noticeEndOfSession(reason);
      const said = problemsSaid(reason)[0];
      if (said?.field === "callerId") {
        setError("callerId", { type: "api", message: said.message });
        setFocus("callerId");
      } else setProblem(said?.message);
    },
  });

  function call() {
    const draft = getValues();
    setProblem(undefined);
    if (!isSayable(draft.message)) {
      setError("message", { message: "Write what the test call says first." });
      setFocus("message");
    } else if (needsCallerId && draft.callerId.trim() === "") {
      setError("callerId", { message: "Enter the number that you will see first." });
      setFocus("callerId");
    } else if (phone.trim() === "") {
      setProblem("Enter the number to ring.");
    } else {
      setId(null);
      ring.mutate({
        ...speechOf(draft, draft.message.trim()),
        ...callerOf(draft),
        phone: phone.trim(),
        default_country: draft.country,
        ...(person?.name && { name: person.name }),
        fields: Object.fromEntries(Object.entries(person?.fields ?? {}).slice(0, MOST_FIELDS)),
      });
    }
  }

  return (
    <Section title="Hear it yourself">
      <div className="flex items-start gap-2">
        <Field label="Your number" error={problem} className="flex-1">
          {(wiring) => (
            <Input
              {...wiring}
              type="tel"
              autoComplete="tel"
              value={phone}
              onChange={(event) => setPhone(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                event.preventDefault(); // it rings one number; it does not create the campaign
                call();
              }}
            />
          )}
        </Field>
        <Button className="mt-6.5" busy={ring.isPending} onClick={call}>
          {!ring.isPending && <PhoneCall aria-hidden />} Call me first
        </Button>
      </div>
      <p role="status" className="-mt-1 min-h-6 text-sm">
        {said ? (
          <Badge tone={said.tone} className="whitespace-normal">
            {said.text}
          </Badge>
        ) : (
          <span className="text-xs text-muted">It rings at once, and costs what a call costs.</span>
        )}
      </p>
    </Section>
  );
}
