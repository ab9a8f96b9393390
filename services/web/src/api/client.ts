/** The one way to the API: typed by its own description (`schema.ts` is made from it), with errors as sentences. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
export type Campaign = Schemas["Campaign"];
export type CampaignStatus = Schemas["CampaignStatus"];
export type Call = Schemas["Call"];
export type CallStatus = Schemas["CallStatus"];
export type Wallet = Schemas["Wallet"];

/** The API at this page's own address. The session's cookie goes with each request. */
export const api = createClient<paths>({ baseUrl: location.origin });

/** What the API says is wrong (problem+json, RFC 9457), or that it could not be asked. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Stable; docs/errors.md lists them. `offline` is ours: no answer arrived. */
  readonly code: string;
  readonly fields: readonly Schemas["FieldError"][];
  readonly requestId: string | null;
  /** Seconds to wait before the next attempt, where the API says so. */
  readonly retryAfter: number | null;

  constructor(problem: Partial<Schemas["Problem"]>, response?: Response) {
    super(problem.detail ?? problem.title ?? "Something went wrong on our side. Try again in a moment.");
    this.name = "ApiProblem";
    this.status = response?.status ?? 0;
    this.code = problem.code ?? (response ? "unexpected" : "offline");
    this.fields = problem.errors ?? [];
    this.requestId = problem.request_id ?? null;
    const seconds = Number.parseInt(response?.headers.get("Retry-After") ?? "", 10);
    this.retryAfter = Number.isNaN(seconds) ? null : seconds;
  }
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer. Throws `ApiProblem` for everything else, a lost connection included. */
export async function answered<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await answeredWithTag(request)).data;
}

/** The same with the ETag: what an edit sends as `If-Match`. Empty, where the answer has none. */
export async function answeredWithTag<T>(request: Promise<Answer<T>>): Promise<{ data: T; etag: string }> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw offline();
  }
  if (!answer.response.ok) throw new ApiProblem(asProblem(answer.error), answer.response);
  return { data: answer.data as T, etag: answer.response.headers.get("ETag") ?? "" };
}

/** What stands for an answer that never came. */
export function offline(): ApiProblem {
  return new ApiProblem({
    detail: "Belltower could not be reached. Check your connection; nothing you typed is lost.",
  });
}

/** The body of an error, where it is one of the API's. */
export function asProblem(body: unknown): Partial<Schemas["Problem"]> {
  return typeof body === "object" && body !== null ? body : {};
}

/** A key under which the same action, sent again, is done once only. Make one per form, not one per attempt. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}
