import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Campaign } from "@/api/client";
import { rejectedQuery } from "@/api/queries";
import { Tabs } from "@/ui/tabs";
import { count } from "@/words/amounts";
import { CallSheet } from "./call-sheet";
import { CallsTab } from "./calls-tab";
import { type CampaignSearch, TABS } from "./campaign-search";
import { ContactsTab } from "./contacts-tab";
import { ErrorsTab } from "./errors-tab";
import { HistoryTab } from "./history-tab";
import { SettingsTab } from "./settings-tab";

/** The calls, the people, the past and the settings of a campaign: a tab each, which the address knows. */
export function Details({ campaign }: { campaign: Campaign }) {
  const { tab = "calls", outcome, contacts, call } = useSearch({ from: "/app/campaigns/$campaignId" });
  const [number, setNumber] = useState<string>();
  const navigate = useNavigate({ from: "/campaigns/$campaignId" });
  const rejected = useInfiniteQuery(rejectedQuery(campaign.id));
  const leftOut = rejected.data?.pages[0]?.total ?? 0;

  const change = (changed: CampaignSearch) =>
    navigate({ search: (held) => ({ ...held, ...changed }), replace: true, resetScroll: false });

  const items = [
    { value: "calls", label: "Calls" },
    { value: "contacts", label: "Contacts" },
    { value: "history", label: "History" },
    { value: "settings", label: "Settings" },
    {
      value: "errors",
      label: (
        <>
          Import errors
          {leftOut > 0 && (
            <span className="rounded-full bg-orange-soft px-1.5 text-xs text-orange tabular-nums">
              {count(leftOut)}
            </span>
          )}
        </>
      ),
    },
  ];
  return (
    <section
      aria-label="Details"
      className="min-h-112 overflow-clip rounded-2xl border bg-surface shadow-card"
    >
      <Tabs
        label="Details"
        items={items}
        value={tab}
        onChange={(value) => change({ tab: TABS.find((each) => each === value) })}
      >
        {tab === "calls" && (
          <CallsTab
            campaign={campaign}
            filter={{ disposition: outcome, number }}
            onOutcome={(chosen) => change({ outcome: chosen })}
            onNumber={setNumber}
          />
        )}
        {tab === "contacts" && (
          <ContactsTab
            campaign={campaign}
            status={contacts}
            onStatus={(status) => change({ contacts: status })}
          />
        )}
        {tab === "history" && <HistoryTab campaign={campaign} />}
        {tab === "settings" && <SettingsTab campaign={campaign} />}
        {tab === "errors" && <ErrorsTab campaign={campaign} />}
      </Tabs>
      <CallSheet id={call} onClose={() => change({ call: undefined })} />
    </section>
  );
}
