import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/states";

export function NotFoundPage() {
  return (
    <Empty
      icon={Compass}
      title="There is nothing here"
      action={
        <Button asChild variant="primary">
          <Link to="/campaigns">To the campaigns</Link>
        </Button>
      }
    >
      The address may be mistyped, or what it showed was deleted.
    </Empty>
  );
}
