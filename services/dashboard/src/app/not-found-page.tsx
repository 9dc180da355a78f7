import { Link } from 'wouter';

export function NotFoundPage() {
  return (
    <div className="py-16 text-center">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <Link href="/" className="mt-3 inline-block text-accent underline">
        Go to the jobs
      </Link>
    </div>
  );
}
