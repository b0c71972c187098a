// Moments as the cinema's clock shows them, wherever this device thinks it is.

import { told } from "./texts.js";

const day = new Intl.DateTimeFormat(told.language, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const zones = new Map();

/** "19:30" of a moment with the cinema's offset; of one in UTC by the zone's name, where that is known. */
export function clockTime(moment, zone = "") {
  const [, hours] = wall(moment, zone);
  return hours;
}

/** "Sat, 18 May" where the moment is not of the day of `now`; empty where it is. */
export function otherDay(moment, now, zone = "") {
  const [date] = wall(moment, zone);
  return date === wall(now, zone)[0] ? "" : day.format(new Date(`${date}T00:00:00Z`));
}

function wall(moment, zone) {
  const written = typeof moment === "string" ? moment : new Date(moment).toISOString();
  const [date, rest] = (zone && written.endsWith("Z") ? inZone(written, zone) : written).split("T");
  return [date, rest.slice(0, 5)];
}

function inZone(written, zone) {
  if (!zones.has(zone)) {
    zones.set(zone, new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }));
  }
  return zones.get(zone).format(new Date(written)).replace(" ", "T");
}
