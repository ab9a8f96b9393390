import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries";

/** Whether whoever is signed in may manage keys and put money into the wallet. */
export function useIsAdministrator(): boolean {
  return useQuery(sessionQuery).data?.user?.role === "administrator";
}

/** Whether whoever is signed in runs this installation, and sees what belongs to no account. */
export function useIsOperator(): boolean {
  return useQuery(sessionQuery).data?.user?.is_operator === true;
}
