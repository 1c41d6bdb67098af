// Regions for numbers without a country code, by the name a person here gives them.
const CODES =
  "AD AE AG AI AL AM AO AR AT AU AZ BA BB BD BE BG BH BM BO BR BS BY BZ CA CH CI CL CM CN CO CR CU CW CY CZ DE DK DM DO DZ EC EE EG ES ET FI FJ FR GB GD GE GH GI GR GT GY HK HN HR HT HU ID IE IL IN IQ IS IT JM JO JP KE KG KH KR KW KZ LA LB LI LK LT LU LV LY MA MC MD ME MG MK ML MM MN MO MT MU MV MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PR PT PY QA RO RS RU RW SA SE SG SI SK SM SN SR SV SY TH TN TR TT TW TZ UA UG US UY UZ VE VN YE ZA ZM ZW";

export interface Region {
  value: string;
  label: string;
}

export function regions(): Region[] {
  const names = new Intl.DisplayNames([navigator.language], { type: "region" });
  return CODES.split(" ")
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label));
}

/** What a person here calls a region. */
export const regionName = (code: string) => new Intl.DisplayNames([navigator.language], { type: "region" }).of(code) ?? code;

/** The region this browser is set to, if it says so. */
export const ownRegion = () => new Intl.Locale(navigator.language).region ?? null;
