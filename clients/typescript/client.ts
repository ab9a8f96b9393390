/** Belltower's API, typed. Each call answers with `data` or with `error`, a problem whose `code` is in docs/errors.md. */

import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./build/schema.ts";

export type Belltower = Client<paths>;
export type Schemas = components["schemas"];

/** The API at an address, for the account of an API key. */
export function belltower(baseUrl: string, apiKey: string): Belltower {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${apiKey}` } });
}
