import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { answered, api } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { Bell } from "@/layout/bell";
import { CarrierNotice } from "@/layout/carrier-notice";
import { tellOtherTabs } from "./changes";
import { type Credentials, CredentialsForm } from "./credentials-form";
import { wanted } from "./wanted";

/** Signs somebody in and takes them where they wanted to go; on the first visit of all, makes the first administrator. */
export function SignInPage() {
  const { data: session } = useSuspenseQuery(sessionQuery);
  const { next } = useSearch({ from: "/sign-in" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const isFirst = session.needs_administrator;
  const title = isFirst ? "Welcome to Belltower" : "Sign in";

  useEffect(() => {
    document.title = `${title} · Belltower`;
  }, [title]);

  async function enter({ email, password, account_name }: Credentials) {
    const body = { email, password };
    const entered = await answered(
      isFirst
        ? api.POST("/api/administrator", { body: { ...body, account_name } })
        : api.POST("/api/session", { body }),
    );
    tellOtherTabs(entered);
    client.clear();
    client.setQueryData(sessionQuery.queryKey, entered);
    await navigate({ href: wanted(next) });
  }

  return (
    <div className="flex min-h-dvh flex-col">
      <CarrierNotice />
      <main className="flex flex-1 flex-col items-center justify-center px-4 py-10">
        <div className="w-full max-w-sm">
          <div className="mb-6 flex flex-col items-center gap-3 text-center">
            <Bell className="size-12" />
            <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
            <p className="text-sm text-balance text-muted">
              {isFirst
                ? "You are the first to come here. Make the administrator's account to begin."
                : "Voice-call campaigns that start the moment they are due."}
            </p>
          </div>
          <div className="rounded-2xl border bg-surface p-6 shadow-card">
            <CredentialsForm
              submit={isFirst ? "Create the account" : "Sign in"}
              isNew={isFirst}
              onSubmit={enter}
            />
          </div>
        </div>
      </main>
    </div>
  );
}
