"""Rings two people now and prints how each call ended. BELLTOWER_URL and BELLTOWER_API_KEY say where and for whom."""

import os
import time
from uuid import uuid4

from belltower_client import AuthenticatedClient
from belltower_client.api.campaigns import create_campaign, get_campaign, list_campaign_calls
from belltower_client.models import CallCollection, Campaign, CampaignCreate, CampaignCreated

client = AuthenticatedClient(base_url=os.environ["BELLTOWER_URL"], token=os.environ["BELLTOWER_API_KEY"])

notice = CampaignCreate(
    name="Delivery notice",
    phone_numbers=["+12025550143", "+12025550144"],
    welcome_message="Hello, your parcel arrives tomorrow.",
)
created = create_campaign.sync(client=client, body=notice, idempotency_key=str(uuid4()))
if not isinstance(created, CampaignCreated):
    raise SystemExit(f"It was refused: {created.detail if created else 'no answer'}")

while True:
    campaign = get_campaign.sync(created.id, client=client)
    assert isinstance(campaign, Campaign)
    if campaign.status in ("completed", "failed", "cancelled"):
        break
    time.sleep(0.2)

calls = list_campaign_calls.sync(created.id, client=client, sort="placed_at")
assert isinstance(calls, CallCollection)
for call in calls.items:
    print(call.to, call.status, call.duration, call.cost, call.currency)
