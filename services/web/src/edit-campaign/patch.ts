/** Reading a campaign so that it can be changed, and changing it: for the state that was read, and no other. */

import { answered, answeredWithTag, api, type Campaign, type Schemas } from "@/api/client";

/** A state of a campaign, and the ETag that names it. */
export type Seen = { campaign: Campaign; etag: string };

/** Events carry no ETag: whoever wants to change a campaign asks for it. */
export async function readForEdit(id: string): Promise<Seen> {
  const params = { path: { campaign_id: id } };
  const { data, etag } = await answeredWithTag(api.GET("/api/campaigns/{campaign_id}", { params }));
  return { campaign: data, etag };
}

/** `etag` is that of the state for which the change is meant; `*` leaves it to the API. */
export function patchCampaign(
  id: string,
  etag: string,
  body: Schemas["CampaignEdit"],
): Promise<Schemas["CampaignEdited"]> {
  const params = { path: { campaign_id: id }, header: { "If-Match": etag } };
  const headers = { "Content-Type": "application/merge-patch+json" };
  return answered(api.PATCH("/api/campaigns/{campaign_id}", { params, body, headers }));
}
