import { IconLock } from "@tabler/icons-react";
import { useMay, useMe } from "@/session/me";
import { PageHeader } from "@/ui/PageHeader";
import { Notice } from "@/ui/states";
import { ForbidFlow } from "./ForbidFlow";

export default function DoNotCallImportPage() {
  const known = useMe() !== undefined;
  const operates = useMay("operator");
  return (
    <>
      <PageHeader title="Import do-not-call numbers" subtitle="The numbers of the file are never called. Those that are on the list already stay as they are." />
      {known && !operates ? (
        <Notice icon={IconLock} title="Your role does not import numbers">An operator or an administrator can.</Notice>
      ) : (
        <ForbidFlow />
      )}
    </>
  );
}
