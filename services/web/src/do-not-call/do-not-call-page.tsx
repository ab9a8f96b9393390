/** The numbers that no campaign of the account ever calls: why, since when, more of them, fewer of them. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Download, FileSpreadsheet, PhoneOff, Plus, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { ApiProblem, type Schemas } from "@/api/client";
import { doNotCallQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { Button } from "@/ui/button";
import { SearchBox } from "@/ui/search-box";
import { Empty, Failure } from "@/ui/states";
import { counted } from "@/words/amounts";
import { usualCountry } from "@/words/countries";
import { sought } from "@/words/do-not-call";
import { AddDialog } from "./add-dialog";
import { EntryTable, WaitingEntries } from "./entry-table";
import type { AddDraft } from "./form";
import { RemoveDialog } from "./remove-dialog";

/** Where numbers are at home that are searched for without the code of their country. */
const COUNTRY = usualCountry(navigator.languages);

export function DoNotCallPage() {
  const [search, setSearch] = useState("");
  const number = sought(search);
  const list = useInfiniteQuery({ ...doNotCallQuery(number ?? "", COUNTRY), enabled: number !== null });
  const [adding, setAdding] = useState<AddDraft["source"] | null>(null);
  const [leaving, setLeaving] = useState<Schemas["DoNotCallEntry"] | null>(null);
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages.at(-1)?.total;
  const isNoNumber =
    number === null || (list.error instanceof ApiProblem && list.error.code === "invalid_number");
  const add = (
    <Button variant="primary" onClick={() => setAdding("typed")}>
      <Plus aria-hidden /> Add numbers
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Do not call"
        description={
          isNoNumber || !total ? "Numbers that no campaign calls." : described(total, number !== "")
        }
      >
        <Button asChild>
          <a href="/api/do-not-call/download" download>
            <Download aria-hidden /> Download
          </a>
        </Button>
        {add}
      </PageHeader>
      <SearchBox label="Search by number" className="mb-4 sm:max-w-96" value={search} onChange={setSearch} />
      <section aria-label="Do not call" className="overflow-clip rounded-2xl border bg-surface shadow-card">
        {isNoNumber ? (
          <Empty
            icon={SearchX}
            title="This is not a telephone number"
            action={<Button onClick={() => setSearch("")}>Show all numbers</Button>}
          >
            Type a number or its first digits, with or without the code of the country: +1 415, or (415) 555.
          </Empty>
        ) : list.isError && entries.length === 0 ? (
          <Failure reason={list.error} onRetry={() => list.refetch()} />
        ) : list.isPending ? (
          <WaitingEntries />
        ) : entries.length === 0 && number !== "" ? (
          <Empty
            icon={SearchX}
            title="No number on the list begins so"
            action={<Button onClick={() => setSearch("")}>Show all numbers</Button>}
          >
            Campaigns may call it. If you expected it here, try its first digits only.
          </Empty>
        ) : entries.length === 0 ? (
          <Empty
            icon={PhoneOff}
            title="Nobody is on the list yet"
            action={
              <>
                {add}
                <Button onClick={() => setAdding("file")}>
                  <FileSpreadsheet aria-hidden /> Upload a file
                </Button>
              </>
            }
          >
            Whoever presses 9 in a call is put here by itself, and no campaign calls them again. Add those who
            asked you in another way.
          </Empty>
        ) : (
          <EntryTable
            entries={entries}
            isStale={list.isPlaceholderData}
            hasMore={list.hasNextPage}
            isLoadingMore={list.isFetchingNextPage}
            onMore={list.fetchNextPage}
            onRemove={setLeaving}
          />
        )}
      </section>
      <AddDialog open={adding} onClose={() => setAdding(null)} />
      <RemoveDialog entry={leaving} onClose={() => setLeaving(null)} />
    </>
  );
}

function described(total: number, isSearched: boolean): string {
  return `${counted(total, "number")} ${isSearched ? "found" : "that no campaign calls"}.`;
}
