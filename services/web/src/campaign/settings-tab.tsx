import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Campaign } from "@/api/client";
import { counted } from "@/words/amounts";
import { windowWords } from "@/words/calling-hours";
import { cityOf, exactMoment, here, offsetOf } from "@/words/moments";
import { MACHINE_WORD, retryLines, rulesOf } from "@/words/retries";

/** Every setting of a campaign, in words. */
export function SettingsTab({ campaign }: { campaign: Campaign }) {
  const place = here();
  const created = Date.parse(campaign.created_at);
  return (
    <dl>
      <Setting label="Message">
        <p dir="auto" className="max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">
          <Message text={campaign.welcome_message} />
        </p>
      </Setting>
      {campaign.contact_fields.length > 0 && (
        <Setting label="Fields of the contacts">{campaign.contact_fields.join(", ")}</Setting>
      )}
      <Setting label="Language">
        {languageName(campaign.language)} <span className="text-muted">{campaign.language}</span>
      </Setting>
      <Setting label="Voice">{campaign.voice}</Setting>
      <Setting label="Caller ID">{campaign.caller_id}</Setting>
      <Setting label="At the same time">
        {`Up to ${counted(campaign.concurrency, "call")}`}
        {campaign.calls_per_second !== null &&
          `, at most ${counted(campaign.calls_per_second, "new one")} a second`}
      </Setting>
      <Setting label="Attempts">
        {campaign.max_attempts === 1
          ? "Everybody is called once"
          : `Everybody is called up to ${campaign.max_attempts} times, until they answer`}
      </Setting>
      {campaign.max_attempts > 1 && (
        <Setting label="Called again">
          {retryLines(rulesOf(campaign)).map((line) => (
            <span key={line} className="block">
              {line}
            </span>
          ))}
        </Setting>
      )}
      <Setting label="Answering machines">{MACHINE_WORD[campaign.answering_machine]}</Setting>
      <Setting label="Calling hours">
        {campaign.calling_window === null
          ? "As the account’s "
          : `Only ${windowWords(campaign.calling_window, place)}, within the account’s `}
        <Link to="/calling-rules" className="underline underline-offset-2 hover:text-muted">
          calling rules
        </Link>
      </Setting>
      <Setting label="Start">
        {campaign.scheduled_time === null ? (
          "At once, when it was created"
        ) : (
          <>
            <span className="block">{exactMoment(campaign.scheduled_time, place, campaign.timezone)}</span>
            {campaign.timezone !== place.zone && (
              <span className="block text-muted">{exactMoment(campaign.scheduled_time, place)} for you</span>
            )}
          </>
        )}
      </Setting>
      <Setting label="Ends">
        {campaign.expires_at === null
          ? "When everybody was called"
          : `${exactMoment(campaign.expires_at, place, campaign.timezone)}, at the latest`}
      </Setting>
      <Setting label="Time zone">
        {cityOf(campaign.timezone)}{" "}
        <span className="text-muted">
          {cityOf(campaign.timezone) !== campaign.timezone && `${campaign.timezone}, `}
          {offsetOf(campaign.timezone, created)}
        </span>
      </Setting>
      <Setting label="Created">{exactMoment(created, place)}</Setting>
      <Setting label="Id">
        <code className="text-xs">{campaign.id}</code>
      </Setting>
    </dl>
  );
}

function Setting({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-6 gap-y-1 border-b px-5 py-3.5 text-sm last:border-b-0 sm:grid-cols-[12rem_1fr]">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

/** What is said, with its placeholders marked. */
function Message({ text }: { text: string }) {
  const parts = text.split(/(\{\{[^{}]*\}\})/);
  let from = 0;
  return parts.map((part) => {
    const at = from;
    from += part.length;
    return part.startsWith("{{") ? (
      <mark key={at} className="rounded bg-purple-soft px-1 font-medium text-purple">
        {part}
      </mark>
    ) : (
      <span key={at}>{part}</span>
    );
  });
}

/** "German (Germany)" in the reader's own language. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag; // a tag that this browser cannot read
  }
}
