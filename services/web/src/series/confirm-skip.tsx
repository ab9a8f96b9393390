import { here, moment } from "@/words/moments";
import { quoted } from "@/words/quoted";
import { Confirm } from "./confirm";
import { useSkipOccurrence } from "./use-series";

type ConfirmSkipProps = {
  seriesId: string;
  name: string;
  /** The instant by the series' rule. */
  at: string;
  /** Its campaign is made already. */
  isMade: boolean;
  onClose: () => void;
};

/** Asks before one time of a series is left out. */
export function ConfirmSkip({ seriesId, name, at, isMade, onClose }: ConfirmSkipProps) {
  const skip = useSkipOccurrence(onClose);
  return (
    <Confirm
      title={`Leave out ${moment(at, here())}?`}
      deed="Leave it out"
      keep="Keep it"
      isDanger
      isBusy={skip.isPending}
      error={skip.error}
      onConfirm={() => skip.mutate({ seriesId, name, at })}
      onClose={onClose}
    >
      <p>
        {quoted(name)} calls nobody at this time; all its other times stay as they are.
        {isMade && " The campaign that waits for it is cancelled, which cannot be undone."}
      </p>
    </Confirm>
  );
}
