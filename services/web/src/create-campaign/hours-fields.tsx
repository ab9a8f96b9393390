/** Hours of the campaign's own, inside the account's. */

import { useQuery } from "@tanstack/react-query";
import { useController, useFormContext } from "react-hook-form";
import { callingHoursQuery } from "@/api/queries";
import { Holidays } from "@/calling-rules/holidays";
import { WeekEditor } from "@/calling-rules/week-editor";
import { Choices } from "@/ui/choices";
import { DAYS, readHours, weekOf, windowWords } from "@/words/calling-hours";
import { here } from "@/words/moments";
import type { Draft } from "./form";
import { Topic } from "./more-about-calling";

export function HoursFields() {
  const { control, clearErrors } = useFormContext<Draft>();
  const { field } = useController({ control, name: "ownHours" });
  const account = useQuery(callingHoursQuery).data;
  const own = field.value;
  const change = (value: Draft["ownHours"]) => {
    field.onChange(value);
    clearErrors("ownHours");
  };
  const begin = () => {
    const window = account?.calling_window;
    const week = window ? readHours(window.hours) : weekOf(DAYS, [{ start: "10:00", end: "18:00" }]);
    change({ week, holidays: [] });
  };
  return (
    <Topic title="Calling hours">
      <Choices
        legend="Hours of this campaign"
        hideLegend
        value={own === null ? "account" : "own"}
        onChange={(chosen) => (chosen === "own" ? begin() : change(null))}
        choices={[
          {
            value: "account",
            label: "As the account",
            hint: account
              ? `People are called ${windowWords(account.calling_window, here())}.`
              : "Its calling rules say when.",
          },
          {
            value: "own",
            label: "Only within some of them",
            hint: "People are called when both the account’s hours and these are open, on their own clocks.",
          },
        ]}
      />
      {own !== null && (
        <>
          <WeekEditor value={own.week} onChange={(week) => change({ ...own, week })} />
          {own.holidays.length > 0 && (
            <Holidays value={own.holidays} onChange={(holidays) => change({ ...own, holidays })} />
          )}
        </>
      )}
    </Topic>
  );
}
