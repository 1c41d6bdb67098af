import { Group } from "@mantine/core";
import { ButtonLink } from "@/ui/links";

const PLACES = [
  { here: "lists", to: "/contacts", label: "Lists" },
  { here: "do-not-call", to: "/contacts/do-not-call", label: "Do-not-call list" },
] as const;

/** The two places where contacts are. */
export function ContactPlaces({ here }: { here: (typeof PLACES)[number]["here"] }) {
  return (
    <Group component="nav" aria-label="Contacts" gap="xs" mb="lg">
      {PLACES.map((place) => (
        <ButtonLink
          key={place.to} to={place.to} size="compact-md" variant={place.here === here ? "light" : "subtle"} aria-current={place.here === here ? "page" : undefined}
          styles={{ root: { color: "var(--mantine-color-text)" } }}
        >
          {place.label}
        </ButtonLink>
      ))}
    </Group>
  );
}
