import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { walletQuery } from "@/api/queries";
import { PageHeader } from "@/layout/page-header";
import { useIsAdministrator } from "@/session/use-role";
import { Button } from "@/ui/button";
import { Failure } from "@/ui/states";
import { Ledger } from "./ledger";
import { TopUpDialog } from "./top-up-dialog";
import { WalletFigures } from "./wallet-figures";

/** The account's money: how much there is, what holds it, and where it came from and went. */
export function WalletPage() {
  const wallet = useQuery(walletQuery);
  const mayTopUp = useIsAdministrator();
  const [isToppingUp, setToppingUp] = useState(false);
  return (
    <>
      <PageHeader title="Wallet" description="Credit that calls are paid from. It changes as campaigns run.">
        {mayTopUp ? (
          <Button variant="primary" onClick={() => setToppingUp(true)} disabled={wallet.data === undefined}>
            <Plus aria-hidden /> Top up
          </Button>
        ) : (
          <p className="max-w-64 text-sm text-muted">
            Only an administrator can top up the wallet. Ask yours.
          </p>
        )}
      </PageHeader>
      {wallet.isError && wallet.data === undefined ? (
        <section aria-label="Balance" className="rounded-2xl border bg-surface shadow-card">
          <Failure reason={wallet.error} onRetry={() => wallet.refetch()} />
        </section>
      ) : (
        <WalletFigures wallet={wallet.data} />
      )}
      <Ledger wallet={wallet.data} />
      {wallet.data && <TopUpDialog wallet={wallet.data} open={isToppingUp} onOpenChange={setToppingUp} />}
    </>
  );
}
