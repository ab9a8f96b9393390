/** Server-sent events over fetch: unlike the browser's EventSource it sees the status of an answer, hears when a line has
 * gone silent, and goes on from a position that it is given. */

import { createParser, type EventSourceMessage, type EventSourceParser } from "eventsource-parser";

/** Milliseconds: the pause before another attempt at first and at most, how long an answer may take to begin, and how long a
 * line may say nothing then (the API breaks a silence after 15 s). */
const PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;
const OPENING = 10_000;
const SILENCE = 25_000;

export type EventStream = {
  close: () => void;
  /** Where it is: what another one may go on from. */
  position: () => string | undefined;
};

type Handlers = {
  /** `resumed`: it goes on where an earlier one ended, and what happened meanwhile is told. */
  onOpen: (resumed: boolean) => void;
  onEvent: (event: EventSourceMessage) => void;
  /** The line broke, or could not be made. Another attempt follows by itself. */
  onBreak: () => void;
  /** Nobody is signed in. No attempt follows. */
  onSignedOut: () => void;
};

export function openEventStream(url: string, from: string | undefined, handlers: Handlers): EventStream {
  const closing = new AbortController();
  let position = from;
  const parser = createParser({
    onId: (id) => {
      position = id;
    },
    onEvent: handlers.onEvent,
  });
  void keepOpen(url, () => position, parser, handlers, closing.signal);
  return { close: () => closing.abort(), position: () => position };
}

async function keepOpen(
  url: string,
  position: () => string | undefined,
  parser: EventSourceParser,
  handlers: Handlers,
  closed: AbortSignal,
) {
  let pause = PAUSE;
  while (!closed.aborted) {
    const line = new AbortController();
    const end = () => line.abort();
    closed.addEventListener("abort", end, { once: true });
    let silence = setTimeout(end, OPENING);
    try {
      const from = position();
      const headers = { Accept: "text/event-stream", ...(from !== undefined && { "Last-Event-ID": from }) };
      const answer = await fetch(url, { headers, cache: "no-store", signal: line.signal });
      if (answer.status === 401) {
        handlers.onSignedOut();
        return;
      }
      if (answer.ok && answer.body !== null) {
        handlers.onOpen(from !== undefined);
        pause = PAUSE;
        parser.reset();
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE);
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
          clearTimeout(silence);
          silence = setTimeout(end, SILENCE);
          parser.feed(read.value);
        }
      }
    } catch {
      // The line broke: whatever the reason, the answer is another attempt.
    } finally {
      clearTimeout(silence);
      closed.removeEventListener("abort", end);
    }
    if (closed.aborted) return;
    handlers.onBreak();
    await sleep(pause * (0.75 + Math.random() / 2), closed); // not all at the same moment when an API comes back
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}

function sleep(milliseconds: number, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    closed.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
