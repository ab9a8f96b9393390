import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type Campaign, needsMoney } from "@/api/client";
import { useRetryCampaign } from "@/campaigns/retry-campaign";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { problemsSaid } from "@/words/campaign-problems";

/** The way on for a campaign whose caller ID the carrier refused: the same campaign, with another one. */
export function OtherCallerId({ campaign }: { campaign: Campaign }) {
  const [number, setNumber] = useState("");
  const [isMissing, setMissing] = useState(false);
  const retry = useRetryCampaign();
  const refused = retry.error ? problemsSaid(retry.error)[0]?.message : undefined;

  function call(event: FormEvent) {
    event.preventDefault();
    const callerId = number.trim();
    setMissing(callerId === "");
    if (callerId !== "") retry.start({ campaign, callerId });
  }

  return (
    <form noValidate onSubmit={call} className="mt-3 flex flex-wrap items-start gap-2 text-ink">
      <Field
        label="Caller ID"
        className="w-64 max-w-full"
        error={isMissing ? "Enter the number that people see." : refused}
      >
        {(wiring) => (
          <Input
            {...wiring}
            type="tel"
            autoComplete="off"
            placeholder="+1 202 555 0100"
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" className="mt-6.5" busy={retry.isPending}>
        Call again
      </Button>
      {needsMoney(retry.error) && (
        <Button asChild className="mt-6.5">
          <Link to="/wallet">To the wallet</Link>
        </Button>
      )}
    </form>
  );
}
