import { CircleCheck, CircleX, Copy, LoaderCircle } from "lucide-react";
import { count } from "@/words/amounts";

type CountsProps = { isChecking?: boolean; valid: number; invalid: number; duplicate: number };

/** How many numbers can be called, and how many not. */
export function Counts({ isChecking = false, valid, invalid, duplicate }: CountsProps) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm font-medium tabular-nums">
      <span className="inline-flex items-center gap-1.5 text-green">
        <CircleCheck className="size-4" aria-hidden /> {count(valid)} valid
      </span>
      <span className={`inline-flex items-center gap-1.5 ${invalid > 0 ? "text-red" : "text-muted"}`}>
        <CircleX className="size-4" aria-hidden /> {count(invalid)} invalid
      </span>
      <span className={`inline-flex items-center gap-1.5 ${duplicate > 0 ? "text-orange" : "text-muted"}`}>
        <Copy className="size-4" aria-hidden /> {count(duplicate)} duplicate
      </span>
      {isChecking && (
        <span className="inline-flex items-center gap-1.5 font-normal text-muted">
          <LoaderCircle className="size-4 animate-spin" aria-hidden /> checking
        </span>
      )}
    </p>
  );
}
