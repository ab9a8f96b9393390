import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Schemas } from "@/api/client";
import { walletQuery } from "@/api/queries";
import { Notice } from "@/ui/notice";
import { isLess, money } from "@/words/amounts";

/** What the wallet has, in a line. */
export function Balance() {
  const { data: wallet } = useQuery(walletQuery);
  return (
    <span className="tabular-nums">{wallet ? `Balance ${money(wallet.balance, wallet.currency)}` : " "}</span>
  );
}

/** Says clearly that the wallet has too little: to create a campaign at all, or for all its calls. */
export function BalanceWarning({ forecast }: { forecast: Schemas["CampaignForecast"] | undefined }) {
  const { data: wallet } = useQuery(walletQuery);
  if (wallet === undefined) return null;
  const { balance, available, minimum_balance: minimum, currency } = wallet;
  if (isLess(balance, minimum))
    return (
      <Notice tone="danger" icon={CircleAlert}>
        The wallet holds {money(balance, currency)}; a campaign needs at least {money(minimum, currency)}.{" "}
        <ToWallet>Top up the wallet</ToWallet>; what you typed is kept.
      </Notice>
    );
  // The wallet is live; a forecast is of its moment.
  if (forecast && isLess(available, forecast.estimated_cost))
    return (
      <Notice tone="warning" icon={TriangleAlert}>
        {money(available, currency)} may not last for everybody. When it is used up the campaign pauses until
        you <ToWallet>top up the wallet</ToWallet>.
      </Notice>
    );
  return null;
}

export function ToWallet({ children }: { children: string }) {
  return (
    <Link to="/wallet" className="font-medium underline underline-offset-2">
      {children}
    </Link>
  );
}
