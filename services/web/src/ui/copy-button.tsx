import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { Button } from "./button";

/** Copies a text, and says that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 2_000);
    return () => clearTimeout(timer);
  }, [isDone]);

  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
    } catch {
      toast.error("The browser does not let this page copy. Select the text and copy it yourself.");
    }
  }

  return (
    <Button
      size="small"
      className="bg-surface"
      onClick={copy}
      aria-label={isDone ? `${label}. Copied` : label}
    >
      {isDone ? <Check className="text-green" aria-hidden /> : <Copy aria-hidden />}
      <span aria-hidden>{isDone ? "Copied" : "Copy"}</span>
      <span role="status" className="sr-only">
        {isDone ? "Copied" : ""}
      </span>
    </Button>
  );
}
