/** What people hear: the message with its placeholders, and how it is read out. */

import { useQuery } from "@tanstack/react-query";
import { Bot, Plus } from "lucide-react";
import { useRef } from "react";
import { useFormContext, useWatch } from "react-hook-form";
import { callerQuery } from "@/api/queries";
import { Field, Input, Select, Textarea } from "@/ui/field";
import { Notice } from "@/ui/notice";
import { count } from "@/words/amounts";
import { LANGUAGES, languageName, voiceFor, voiceName, voicesOf } from "@/words/languages";
import { inserted } from "@/words/placeholders";
import { type Draft, MOST } from "./form";
import { Section } from "./section";

const languages = LANGUAGES.map(({ tag }) => ({ tag, name: languageName(tag) })).sort((one, other) =>
  one.name.localeCompare(other.name),
);

/** The languages, and that of a campaign which a program created in another one. */
function withOwn(known: typeof languages, own: string | undefined): typeof languages {
  const isKnown = own === undefined || known.some(({ tag }) => tag === own);
  return isKnown ? known : [...known, { tag: own, name: languageName(own) }];
}

export function MessageFields({ placeholders }: { placeholders: readonly string[] }) {
  const { register, setValue, getValues, control, formState } = useFormContext<Draft>();
  const [message, language] = useWatch({ control, name: ["message", "language"] });
  const agent = useQuery(callerQuery).data?.voice_agent;
  const area = useRef<HTMLTextAreaElement | null>(null);
  const name = register("name"); // of several wrong fields the one that is registered first gets the focus
  const { ref, ...registered } = register("message");
  const { errors } = formState;
  const { voice: ownVoice, language: ownLanguage } = formState.defaultValues ?? {};
  const own = ownVoice !== undefined && ownLanguage === language ? [ownVoice] : [];

  function insert(placeholder: string) {
    const text = getValues("message");
    const start = area.current?.selectionStart ?? text.length;
    const end = area.current?.selectionEnd ?? start;
    const made = inserted(text, placeholder, start, end);
    setValue("message", made.message, { shouldDirty: true, shouldValidate: formState.isSubmitted });
    area.current?.focus();
    area.current?.setSelectionRange(made.cursor, made.cursor);
  }

  return (
    <Section title="What people hear">
      <Field label="Name" error={errors.name?.message}>
        {(wiring) => <Input {...wiring} {...name} autoComplete="off" placeholder="Delivery notice" />}
      </Field>
      <Field
        label="Message"
        aside={
          <span className="tabular-nums">
            {count(message.trim().length)} / {count(MOST.message)}
          </span>
        }
        hint="Whoever presses 9 during the call is never called again. Tell people so in the message."
        error={errors.message?.message}
      >
        {(wiring) => (
          <Textarea
            {...wiring}
            {...registered}
            ref={(element) => {
              ref(element);
              area.current = element;
            }}
            className="field-sizing-content max-h-72 min-h-28"
            placeholder="Hello {{name|there}}, your parcel arrives tomorrow. Press 9 and we will not call you again."
          />
        )}
      </Field>
      {agent && (
        <Notice tone="plain" icon={Bot}>
          The account’s voice agent speaks in calls, and not this message: {agent}
        </Notice>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: buttons of a kind, not fields */}
      <div
        className="-mt-1 flex max-h-28 flex-wrap items-center gap-1.5 overflow-y-auto p-0.5 -mx-0.5"
        role="group"
        aria-label="Insert a placeholder"
      >
        {placeholders.map((placeholder) => (
          <button
            key={placeholder}
            type="button"
            aria-label={`Insert ${placeholder}`}
            onClick={() => insert(placeholder)}
            className="inline-flex max-w-full items-center gap-1 rounded-md border border-dashed border-line-strong px-1.5 py-1 font-mono text-xs text-muted transition-colors hover:bg-sunken hover:text-ink"
          >
            <Plus className="size-3 shrink-0" aria-hidden />
            <span className="truncate">{placeholder}</span>
          </button>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Language" error={errors.language?.message}>
          {(wiring) => (
            <Select
              {...wiring}
              {...register("language", {
                onChange: (event) => setValue("voice", voiceFor(event.target.value, getValues("voice"))),
              })}
            >
              {withOwn(languages, formState.defaultValues?.language).map(({ tag, name }) => (
                <option key={tag} value={tag}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label="Voice" error={errors.voice?.message}>
          {(wiring) => (
            <Select {...wiring} {...register("voice")} key={language}>
              {[...new Set([...voicesOf(language), ...own])].map((voice) => (
                <option key={voice} value={voice}>
                  {voiceName(voice)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </Section>
  );
}
