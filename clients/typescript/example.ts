/** Rings two people now and prints how each call ended. BELLTOWER_URL and BELLTOWER_API_KEY say where and for whom. */

import { setTimeout } from "node:timers/promises";
import { belltower, type Schemas } from "./client.ts";

const { BELLTOWER_URL = "", BELLTOWER_API_KEY = "" } = process.env;
const api = belltower(BELLTOWER_URL, BELLTOWER_API_KEY);

const { data: created, error } = await api.POST("/api/campaigns", {
  body: {
    name: "Delivery notice",
    phone_numbers: ["+12025550143", "+12025550144"],
    welcome_message: "Hello, your parcel arrives tomorrow.",
  },
  params: { header: { "Idempotency-Key": crypto.randomUUID() } },
});
if (error) throw new Error(`It was refused: ${error.detail}`);

const params = { path: { campaign_id: created.id } };
const over: Schemas["CampaignStatus"][] = ["completed", "failed", "cancelled"];
for (;;) {
  const { data: campaign } = await api.GET("/api/campaigns/{campaign_id}", { params });
  if (campaign && over.includes(campaign.status)) break;
  await setTimeout(200);
}

const { data: calls } = await api.GET("/api/campaigns/{campaign_id}/calls", {
  params: { ...params, query: { sort: "placed_at" } },
});
for (const call of calls?.items ?? []) {
  console.log(call.to, call.status, call.duration, call.cost, call.currency);
}
