import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SearchX, UserPlus, Users } from "lucide-react";
import { useMemo } from "react";
import type { Campaign, Schemas } from "@/api/client";
import { type ContactStatus, contactsQuery } from "@/api/queries";
import { isEditable } from "@/edit-campaign/editable";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Select } from "@/ui/field";
import { Empty, Failure, Loading } from "@/ui/states";
import { useNow } from "@/ui/use-now";
import { columnsOf, VirtualTable } from "@/ui/virtual-table";
import { counted } from "@/words/amounts";
import { cityOf, here } from "@/words/moments";
import { CONTACT_STATUSES, CONTACT_TONE, CONTACT_WORD, contactNote } from "@/words/outcomes";
import { ContactActions, ListOf } from "./contact-actions";
import { WaitingRows } from "./waiting-rows";

type Contact = Schemas["Contact"];

const column = columnsOf<Contact>();

const columns = column.columns([
  column.accessor("phone", {
    header: "Number",
    cell: ({ row: { original: contact } }) => (
      <div className="min-w-0">
        <p className="truncate font-medium tabular-nums">{contact.phone}</p>
        <p className="truncate text-xs text-muted" title={about(contact)}>
          {about(contact)}
        </p>
        <div className="text-xs text-muted md:hidden">
          <Note contact={contact} />
        </div>
      </div>
    ),
  }),
  column.accessor("status", {
    header: "Status",
    cell: ({ row: { original } }) => (
      <Badge tone={CONTACT_TONE[original.status]}>{CONTACT_WORD[original.status]}</Badge>
    ),
  }),
  column.accessor("attempts", { header: "Calls", cell: ({ row }) => row.original.attempts }),
  column.accessor("reason", { header: "Note", cell: ({ row }) => <Note contact={row.original} /> }),
  column.display({
    id: "actions",
    header: () => <span className="sr-only">Actions</span>,
    cell: ({ row }) => <ContactActions contact={row.original} />,
  }),
]);

const LAYOUT: Record<string, string> = {
  phone: "min-w-0 flex-1",
  status: "w-32 shrink-0 max-md:w-auto",
  attempts: "w-16 shrink-0 text-right tabular-nums max-md:hidden",
  reason: "w-64 shrink-0 pl-4 text-muted max-md:hidden",
  actions: "w-9 shrink-0",
};

function about({ name, fields, timezone }: Contact): string {
  const zone = timezone && `${cityOf(timezone)} time`;
  return [name, ...Object.values(fields), zone].filter(Boolean).join(" · ");
}

function Note({ contact }: { contact: Contact }) {
  const note = contactNote(contact, here(useNow()));
  return (
    <p className="md:line-clamp-2" title={note}>
      {note}
    </p>
  );
}

type ContactsTabProps = {
  campaign: Campaign;
  status: ContactStatus | undefined;
  onStatus: (status: ContactStatus | undefined) => void;
};

export function ContactsTab({ campaign, status, onStatus }: ContactsTabProps) {
  const list = useInfiniteQuery(contactsQuery(campaign.id, status));
  const contacts = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const total = list.data?.pages.at(-1)?.total;
  return (
    <>
      <div className="grid gap-2 px-5 py-4 sm:flex sm:items-center">
        <Select
          aria-label="Status"
          className="sm:w-48"
          value={status ?? ""}
          onChange={(event) => onStatus(CONTACT_STATUSES.find((each) => each === event.target.value))}
        >
          <option value="">Everybody</option>
          {CONTACT_STATUSES.map((each) => (
            <option key={each} value={each}>
              {CONTACT_WORD[each]}
            </option>
          ))}
        </Select>
        <p role="status" className="min-h-5 text-sm text-muted tabular-nums sm:ml-auto">
          {total !== undefined && counted(total, "person", "people")}
        </p>
        {isEditable(campaign) && (
          <Button asChild>
            <Link
              to="."
              search={(held) => ({ ...held, edit: campaign.id, add: true })}
              role="button"
              resetScroll={false}
            >
              <UserPlus aria-hidden /> Add people
            </Link>
          </Button>
        )}
      </div>
      {list.isPending ? (
        <>
          <Loading>Loading contacts</Loading>
          <WaitingRows />
        </>
      ) : list.isError && contacts.length === 0 ? (
        <Failure reason={list.error} onRetry={() => list.refetch()} />
      ) : contacts.length === 0 ? (
        status === undefined ? (
          <Empty icon={Users} title="Nobody is on the list" />
        ) : (
          <Empty
            icon={SearchX}
            title={`Nobody is “${CONTACT_WORD[status].toLowerCase()}”`}
            action={<Button onClick={() => onStatus(undefined)}>Show everybody</Button>}
          />
        )
      ) : (
        <div className="border-t">
          <ListOf value={campaign}>
            <VirtualTable
              label="Contacts"
              columns={columns}
              layout={LAYOUT}
              rows={contacts}
              idOf={(contact) => String(contact.id)}
              height={61}
              rowClass="min-h-15 text-sm"
              isStale={list.isPlaceholderData}
              hasMore={list.hasNextPage}
              isLoadingMore={list.isFetchingNextPage}
              onMore={list.fetchNextPage}
              loadingMore="Loading more contacts"
            />
          </ListOf>
        </div>
      )}
    </>
  );
}
