/** The mark. */
export function Bell({ className }: { className?: string }) {
  return <img src="/bell.svg" alt="" className={className} width={32} height={32} />;
}
