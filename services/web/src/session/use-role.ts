import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "@/api/queries";

/** Whether whoever is signed in may manage keys and put money into the wallet. */
export function useIsAdministrator(): boolean {
  return useQuery(sessionQuery).data?.user?.role === "administrator";
}
