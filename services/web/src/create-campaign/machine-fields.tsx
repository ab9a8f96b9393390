import { useController, useFormContext } from "react-hook-form";
import { Choices } from "@/ui/choices";
import type { Draft } from "./form";
import { Topic } from "./more-about-calling";

/** What happens when an answering machine takes the call. */
export function MachineFields() {
  const { control } = useFormContext<Draft>();
  const { field } = useController({ control, name: "answeringMachine" });
  return (
    <Topic title="Answering machines">
      <Choices
        legend="When a machine answers"
        hideLegend
        value={field.value}
        onChange={field.onChange}
        choices={[
          {
            value: "treat_as_answered",
            label: "Do not look",
            hint: "Whoever answers hears the message at once; a machine records it from the middle of its greeting. Costs nothing extra.",
          },
          {
            value: "leave_message",
            label: "Leave the message",
            hint: "A machine records it after its beep, and counts as reached. A person hears it a few seconds later than otherwise.",
          },
          {
            value: "hang_up",
            label: "Hang up, and ring again",
            hint: "A person hears it at once. A machine is hung up on as soon as it is found, and called again as long as there are attempts.",
          },
        ]}
      />
    </Topic>
  );
}
