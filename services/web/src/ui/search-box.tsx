import { Search, X } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "./button";
import { cn } from "./cn";
import { CONTROL } from "./field";

type SearchBoxProps = { label: string; value: string; onChange: (text: string) => void; className?: string };

/** Searches when somebody stops typing. */
export function SearchBox({ label, value, onChange, className }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  const [held, setHeld] = useState(value);
  if (value !== held) {
    setHeld(value);
    if (value !== sent) {
      // The address changed by itself: somebody went back, or followed a link.
      setText(value);
      setSent(value);
    }
  }
  const send = useEffectEvent(() => {
    setSent(text);
    onChange(text);
  });
  useEffect(() => {
    if (text === sent) return;
    const timer = setTimeout(() => send(), 250);
    return () => clearTimeout(timer);
  }, [text, sent]);
  return (
    <div className={cn("relative", className)}>
      <Search className="pointer-events-none absolute top-3 left-3 size-4 text-muted" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={200}
        className={cn(CONTROL, "h-10 px-9 [&::-webkit-search-cancel-button]:hidden")}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text !== "" && (
        <Button
          variant="quiet"
          size="icon"
          className="absolute top-0.5 right-0.5"
          aria-label="Clear the search"
          onClick={() => setText("")}
        >
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}
